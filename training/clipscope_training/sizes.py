"""The three sizes. All take 96 pixels in patches of 16 and 24 tokens of one vocabulary of 2,048."""

IMAGE_SIZE, PATCH = 96, 16
CONTEXT, VOCAB = 24, 2048
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def _config(embed, width, layers, text_width, text_layers):
    return {
        'embed_dim': embed,
        'vision_cfg': {'image_size': IMAGE_SIZE, 'layers': layers, 'width': width, 'head_width': 32, 'patch_size': PATCH},
        'text_cfg': {'context_length': CONTEXT, 'vocab_size': VOCAB, 'width': text_width, 'heads': text_width // 32,
                     'layers': text_layers},
    }


SIZES = {
    's': _config(128, 128, 6, 96, 3),
    'm': _config(160, 160, 7, 96, 3),
    'l': _config(192, 192, 9, 128, 3),
}


def hub_config(size):
    """open_clip_config.json of a size."""
    return {
        'model_cfg': SIZES[size],
        'preprocess_cfg': {'mean': list(MEAN), 'std': list(STD), 'interpolation': 'bicubic', 'resize_mode': 'shortest'},
    }


def macs(size, image_side, text_tokens):
    """Multiply-accumulates of one sample's forward pass through both towers, of matrix products alone."""
    config = SIZES[size]

    def tower(width, layers, tokens, inputs):
        return inputs + layers * (12 * width * width * tokens + 2 * width * tokens * tokens)

    vision, text = config['vision_cfg'], config['text_cfg']
    patches = (image_side // PATCH) ** 2
    return (tower(vision['width'], vision['layers'], patches + 1, patches * 3 * PATCH * PATCH * vision['width'])
            + tower(text['width'], text['layers'], text_tokens, 0)
            + vision['width'] * config['embed_dim'] + text['width'] * config['embed_dim'])
