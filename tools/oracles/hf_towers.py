"""Writes fixtures of models whose text towers OpenCLIP takes from Hugging Face's transformers, as towers.py does.

    python tools/oracles/hf_towers.py tests/fixtures/zoo/towers

Sizes are laid over a config made here, in place of the one that OpenCLIP would download; `hf_model_config` has them.
Needs torch, open_clip_torch, timm, safetensors and transformers 5.
"""
import copy
import sys
from pathlib import Path

import torch
import towers
import transformers
from open_clip import hf_model
from open_clip.model import CustomTextCLIP

VISION = {'image_size': 16, 'layers': 1, 'width': 24, 'head_width': 12, 'patch_size': 8}
ROBERTA = {'vocab_size': 90, 'hidden_size': 36, 'num_hidden_layers': 2, 'num_attention_heads': 3, 'intermediate_size': 50,
           'max_position_embeddings': 40}
NLLB = {'vocab_size': 90, 'd_model': 27, 'encoder_layers': 2, 'encoder_attention_heads': 3, 'encoder_ffn_dim': 50,
        'decoder_layers': 1, 'decoder_attention_heads': 3, 'decoder_ffn_dim': 8}
KINDS = {'roberta': (transformers.RobertaConfig, {'pad_token_id': 1, 'type_vocab_size': 1, 'layer_norm_eps': 1e-5}),
         'nllb': (transformers.M2M100Config, {})}

# What to change: of the model, of the text settings, of the text model.
CASES = {
    'roberta-dense': ({'quick_gelu': True}, {'hf_model_name': 'roberta-base', 'hf_pooler_type': 'cls_pooler', 'hf_proj_type': 'linear',
                                             'context_length': 19}, {'type_vocab_size': 2, 'layer_norm_eps': 1e-2}),
    'roberta-first': ({'embed_dim': 36}, {'hf_model_name': 'FacebookAI/xlm-roberta-large', 'hf_proj_type': None,
                                          'hf_pooler_type': 'cls_last_hidden_state_pooler', 'context_length': 30},
                      {'pad_token_id': 3}),
    'nllb-mean': ({}, {'hf_model_name': 'facebook/nllb-200-distilled-1.3B', 'hf_pooler_type': 'mean_pooler',
                       'context_length': 21}, {'scale_embedding': False, 'activation_function': 'gelu', 'pad_token_id': 4}),
    'nllb-first': ({'embed_dim': 28}, {'hf_model_name': 'facebook/nllb-200-distilled-600M', 'hf_pooler_type': None,
                                       'hf_proj_type': None}, {'d_model': 28, 'encoder_attention_heads': 2, 'decoder_attention_heads': 2}),
}


def build(name, seed):
    top, text, sizes = CASES[name]
    kind = 'nllb' if name.startswith('nllb') else 'roberta'
    sizes = {**(NLLB if kind == 'nllb' else ROBERTA), **sizes}
    config = {'embed_dim': 20, **top, 'vision_cfg': VISION, 'text_cfg': {'hf_tokenizer_name': 'x', **text}}
    made, usual = KINDS[kind]
    hf_model.AutoConfig.from_pretrained = lambda *_: made(**{**usual, **sizes})
    torch.manual_seed(seed)
    kwargs = copy.deepcopy(config)
    kwargs['text_cfg']['hf_model_pretrained'] = False
    model = CustomTextCLIP(**kwargs).eval()
    with torch.no_grad():
        for key, value in model.named_parameters():
            if value.ndim >= 2:
                value.normal_(0, 1.6 / value.shape[-1] ** 0.5)
            elif key.endswith('bias'):
                value.normal_(0, 0.3)
            elif value.ndim == 1:
                value.copy_(1 + 0.3 * torch.randn_like(value))
        for key, value in model.text.named_parameters():
            if 'embed' in key and value.ndim == 2:
                value.normal_(0, 1)
    config['text_cfg']['hf_model_config'] = sizes
    return model, config


def ids_of(text):
    length, config = text.get('context_length', 77), text['hf_model_config']
    pad = config.get('pad_token_id', 1)

    def rows(generator):
        made = []
        for used in (3, 9, length - 1, length):
            body = generator.integers(8, config['vocab_size'], used - 2).tolist()
            made.append([5, *body, 2, *([pad] * (length - used))])
        # Padding between the words of a text.
        made.append([5, 11, pad, 12, pad, pad, 13, 2, *([pad] * (length - 8))])
        return made
    return rows


if __name__ == '__main__':
    for number, name in enumerate(CASES):
        model, config = build(name, 2000 + number)
        towers.record(Path(sys.argv[1]) / name, name, 2000 + number, model, config, ids_of(config['text_cfg']))
        print(name)
