"""Writes checkpoints as transformers itself saves them, with the embeddings it gives: random weights, tiny shapes.

    python tools/oracles/hf_form.py tests/fixtures/hf-form/towers [NAME...]

Needs torch, transformers 5.18 and safetensors. Without names it writes them all. Each folder holds config.json, preprocessor_config.json,
weights in one file or several, pixels.f32.bin and expected.json (token_ids, image_embed_norm, text_embed_norm, logit_scale_exp, logit_bias).
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision_schemas  # noqa: F401

import transformers
from huggingface_hub import save_torch_state_dict
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, SiglipConfig, SiglipImageProcessor, SiglipModel

VISION = {'image_size': 24, 'patch_size': 8, 'hidden_size': 32, 'num_attention_heads': 2, 'num_hidden_layers': 1,
          'intermediate_size': 64}
TEXT = {'vocab_size': 64, 'max_position_embeddings': 12, 'hidden_size': 24, 'num_attention_heads': 3, 'num_hidden_layers': 1,
        'intermediate_size': 96}
SAME_WIDTH = {'hidden_size': 32, 'num_attention_heads': 4}

CASES = {
    # As the first models were saved: an end token of 2 that means the highest id, positions as tensors, torch's own file.
    'clip-quick-gelu': dict(kind='clip', text={'eos_token_id': 2}, old=True),
    'clip-gelu-eos': dict(kind='clip', vision={'hidden_act': 'gelu', 'image_size': 30, 'layer_norm_eps': 1e-3},
                          text={'hidden_act': 'gelu', 'eos_token_id': 50, 'intermediate_size': 70}),
    'clip-tanh-no-eos': dict(kind='clip', vision={'hidden_act': 'gelu_pytorch_tanh'},
                             text={'hidden_act': 'gelu_new', 'num_hidden_layers': 2}, shard='40KB'),
    'clip-fp16': dict(kind='clip', dtype=torch.float16, text={'eos_token_id': 63}),
    'siglip': dict(kind='siglip', text=SAME_WIDTH),
    'siglip-cut-edge-fp16': dict(kind='siglip', dtype=torch.float16, vision={'hidden_act': 'gelu', 'image_size': 29, 'num_attention_heads': 4},
                                 text={'hidden_act': 'gelu', 'projection_size': 32}),
    'siglip-sharded': dict(kind='siglip', vision={'num_hidden_layers': 2}, text=SAME_WIDTH, shard='30KB'),
    # In torch's own files, with their index.
    'clip-sharded-bin': dict(kind='clip', text={'eos_token_id': 63}, shard='20KB', old_shards=True),
}


def build(case, seed):
    torch.manual_seed(seed)
    vision, text = {**VISION, **case.get('vision', {})}, {**TEXT, **case.get('text', {})}
    if case['kind'] == 'clip':
        model = CLIPModel(CLIPConfig(vision_config=vision, text_config=text, projection_dim=24))
    else:
        model = SiglipModel(SiglipConfig(vision_config=vision, text_config=text))
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.ndim >= 2:
                value.normal_(0, 1.6 / value.shape[-1] ** 0.5)
            elif name.endswith('bias') and name != 'logit_bias':
                value.normal_(0, 0.3)
            elif name.endswith('weight'):
                value.copy_(1 + 0.3 * torch.randn_like(value))
        for name, value in model.named_parameters():
            if name.endswith('position_embedding.weight'):
                value.normal_(0, 0.5)
            if name == 'logit_scale':
                value.fill_(2.3)
            if name == 'logit_bias':
                value.fill_(-9.5)
    # Saved as asked, computed in fp32 with what was saved.
    return model.to(case.get('dtype', torch.float32)).eval()


def token_ids(case, generator):
    text = {**TEXT, **case.get('text', {})}
    length, vocab = text['max_position_embeddings'], text['vocab_size']
    end = text.get('eos_token_id', vocab - 1)
    end = vocab - 1 if end == 2 else end
    rows = []
    for used in (3, 7, length - 1, length):
        # Above an end token that is not the highest id, too.
        body = [one if one != end else 5 for one in generator.integers(8, vocab - 1, used - 2).tolist()]
        rows.append([1, *body, end, *([0] * (length - used))])
    # Padded with the end token, as CLIP's are; and one without it.
    rows.append([*rows[1][:7], *([end] * (length - 7))])
    rows.append([1, *generator.integers(8, 40, length - 1).tolist()])
    return rows


def save(model, folder, case):
    if case.get('old'):
        config = model.config.to_dict()
        # Where both forms are there, the older one counts.
        config['text_config_dict'] = config['text_config']
        config['text_config'] = {**config['text_config'], 'num_hidden_layers': 7}
        (folder / 'config.json').write_text(json.dumps(config, indent=1) + '\n')
        state = {name: value.clone() for name, value in model.state_dict().items()}
        for tower, count in (('text', 12), ('vision', 10)):
            state[f'{tower}_model.embeddings.position_ids'] = torch.arange(count).expand((1, -1)).clone()
        torch.save(state, folder / 'pytorch_model.bin')
    elif case.get('old_shards'):
        model.config.save_pretrained(folder)
        save_torch_state_dict(model.state_dict(), folder, max_shard_size=case['shard'], safe_serialization=False)
    else:
        model.save_pretrained(folder, **({'max_shard_size': case['shard']} if 'shard' in case else {}))
        (folder / 'generation_config.json').unlink(missing_ok=True)
    size = model.config.vision_config.image_size
    processor = (CLIPImageProcessor(size={'shortest_edge': size}, crop_size=size) if case['kind'] == 'clip'
                 else SiglipImageProcessor(size={'height': size, 'width': size}))
    processor.save_pretrained(folder)


def write(folder, name, seed):
    case = CASES[name]
    model = build(case, seed)
    generator = np.random.default_rng(seed)
    size = model.config.vision_config.image_size
    pixels = generator.normal(0, 1.2, (2, 3, size, size)).astype('<f4')
    ids = token_ids(case, generator)
    folder.mkdir(parents=True, exist_ok=True)
    save(model, folder, case)
    model = model.float()
    with torch.no_grad():
        output = model(input_ids=torch.tensor(ids), pixel_values=torch.from_numpy(pixels))
        image = model.get_image_features(pixel_values=torch.from_numpy(pixels)).pooler_output
        text = model.get_text_features(input_ids=torch.tensor(ids)).pooler_output
    image, text = (features / features.norm(dim=-1, keepdim=True) for features in (image, text))
    assert torch.allclose(image, output.image_embeds, atol=1e-6) and torch.allclose(text, output.text_embeds, atol=1e-6)
    (folder / 'pixels.f32.bin').write_bytes(pixels.tobytes())
    expected = {
        'name': name, 'transformers': transformers.__version__, 'torch': torch.__version__, 'seed': seed,
        'pixels': {'file': 'pixels.f32.bin', 'shape': list(pixels.shape), 'layout': 'NCHW'},
        'token_ids': ids,
        'image_embed_norm': [[float(np.float32(v)) for v in row] for row in image.tolist()],
        'text_embed_norm': [[float(np.float32(v)) for v in row] for row in text.tolist()],
        'logit_scale_exp': model.logit_scale.exp().item(),
        'logit_bias': model.logit_bias.item() if case['kind'] == 'siglip' else None,
    }
    (folder / 'expected.json').write_text(json.dumps(expected) + '\n')


if __name__ == '__main__':
    target = Path(sys.argv[1])
    for number, name in enumerate(CASES):
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        write(target / name, name, 2000 + number)
        print(name)
