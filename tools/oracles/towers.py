"""Writes tower fixtures with the real OpenCLIP: random weights, tiny shapes, one or a few settings changed per checkpoint.

    python tools/oracles/towers.py tests/fixtures/towers [NAME...]

Needs torch, open_clip_torch, timm and safetensors. Without names it writes them all. Each folder holds open_clip_config.json, open_clip_model.safetensors,
pixels.f32.bin and expected.json (token_ids, image_embed_norm, text_embed_norm, logit_scale_exp).
"""
import contextlib
import copy
import json
import sys
from pathlib import Path

import numpy as np
import torch

import torchvision_schemas  # noqa: F401

import open_clip
import timm
from open_clip.model import CLIP, CustomTextCLIP
from safetensors.torch import load_file, save_file

import saved

VISION = {'image_size': 32, 'layers': 2, 'width': 48, 'head_width': 24, 'patch_size': 8}
TEXT = {'context_length': 16, 'vocab_size': 96, 'width': 32, 'heads': 2, 'layers': 2}

SIGLIP_TEXT = {'no_causal_mask': True, 'proj_bias': True, 'pool_type': 'last', 'norm_kwargs': {'eps': 1e-6}}


def siglip(preset, size, text=None, **kwargs):
    vision = {'image_size': size, 'timm_model_name': preset, 'timm_model_pretrained': False, 'timm_pool': 'map',
              'timm_proj': 'none',
              'timm_model_kwargs': {'img_size': size, 'patch_size': 8, 'embed_dim': 48, 'depth': 2, 'num_heads': 3, **kwargs}}
    width = vision['timm_model_kwargs']['embed_dim']
    return dict(top={'custom_text': True, 'embed_dim': width, 'init_logit_bias': -10}, only_vision=vision,
                text={**SIGLIP_TEXT, **(text or {})})


CASES = {
    'non-square-cut-edge': dict(vision={'image_size': [30, 44], 'patch_size': 8}),
    'layer-scale': dict(vision={'ls_init_value': 0.1}, text={'ls_init_value': 1e-4}),
    'custom-text': dict(top={'custom_text': True, 'init_logit_bias': -10, 'init_logit_scale': 2.3},
                        text={'proj_bias': True, 'no_causal_mask': True, 'pool_type': 'last',
                              'norm_kwargs': {'eps': 1e-6}, 'act_kwargs': {'approximate': 'tanh'}}),
    'text-pool-first': dict(text={'pool_type': 'first', 'no_causal_mask': True, 'pad_id': 5}),
    'text-pool-eos': dict(text={'pool_type': 'eos', 'eos_id': 7}),
    'text-no-projection': dict(text={'proj_type': 'none', 'width': 24}),
    'avg-pool-norm-first': dict(vision={'pool_type': 'avg'}),
    'tok-pool-norm-after': dict(vision={'final_ln_after_pool': True, 'no_ln_pre': True}),
    'odd-widths': dict(vision={'width': 50, 'head_width': 20, 'mlp_ratio': 2.75},
                       text={'width': 33, 'heads': 3, 'mlp_ratio': 3.7362}),
    'vision-kwargs': dict(vision={'norm_kwargs': {'eps': 1e-3}, 'act_kwargs': {'approximate': 'tanh'},
                                  'patch_dropout': 0.5, 'timm_pool': 'avg', 'timm_proj': 'linear'}),
    'quick-gelu-custom': dict(top={'quick_gelu': True, 'custom_text': True}, vision={'layers': 1}),
    'siglip-tanh': siglip('vit_base_patch32_siglip_256', 32, {'act_kwargs': {'approximate': 'tanh'}}),
    'siglip-cut-edge': siglip('vit_large_patch16_siglip_384', 38),
    'siglip-so400m': siglip('vit_so400m_patch14_siglip_384', 32, {'width': 144, 'layers': 1, 'mlp_ratio': 3.7362, 'proj_type': 'none'},
                            patch_size=14, embed_dim=144, depth=1, num_heads=2),
    'siglip-non-square': siglip('vit_giantopt_patch16_siglip_256', [24, 40], patch_size=[8, 10]),
    # Weights of other sizes than the config asks for, with names as parallel training leaves them.
    'fine-tuned-larger': dict(asked={'vision_cfg': {'image_size': [48, 64]}, 'text_cfg': {'context_length': 24}}),
    'fine-tuned-smaller': dict(asked={'vision_cfg': {'image_size': 24}, 'text_cfg': {'context_length': 11}}),
    'attentional-pool': dict(vision={'attentional_pool': True, 'attn_pooler_heads': 3, 'attn_pooler_queries': 5,
                                     'norm_kwargs': {'eps': 1e-3}}, text={'layers': 1}),
}


@contextlib.contextmanager
def timm_keywords(keywords):
    """Passes timm_model_kwargs on, which released OpenCLIP does not do yet."""
    create = timm.create_model
    timm.create_model = lambda *args, **kwargs: create(*args, **kwargs, **keywords)
    yield
    timm.create_model = create


def build(name, seed):
    case = CASES[name]
    vision = case.get('only_vision') or {**VISION, **case.get('vision', {})}
    text = {**TEXT, **case.get('text', {})}
    model_cfg = {'embed_dim': 24, **case.get('top', {}), 'vision_cfg': vision, 'text_cfg': text}
    torch.manual_seed(seed)
    kwargs = copy.deepcopy(model_cfg)
    custom = kwargs.pop('custom_text', False)
    with timm_keywords(kwargs['vision_cfg'].pop('timm_model_kwargs', {})):
        model = (CustomTextCLIP if custom else CLIP)(**kwargs).eval()
    with torch.no_grad():
        for key, value in model.named_parameters():
            if value.ndim >= 2:
                value.normal_(0, 1.6 / value.shape[-1] ** 0.5)
            elif key.endswith('bias') and key != 'logit_bias':
                value.normal_(0, 0.3)
            elif value.ndim == 1:
                value.copy_(1 + 0.3 * torch.randn_like(value))
        if hasattr(model.visual, 'class_embedding'):
            model.visual.class_embedding.normal_(0, 1)
        (model.text if custom else model).positional_embedding.normal_(0, 0.5)
    return model, model_cfg


def token_ids(text, generator):
    length, vocab = text['context_length'], text['vocab_size']
    end = text.get('eos_id', vocab - 1) if text.get('pool_type') == 'eos' else vocab - 1
    rows = []
    for used in (3, 7, length - 1, length):
        body = generator.integers(8, vocab - 2, used - 2).tolist()
        rows.append([vocab - 2, *body, end, *([0] * (length - used))])
    rows.append([*rows[1][:7], *([end] * (length - 7))])
    rows.append([vocab - 2, *generator.integers(8, vocab - 2, length - 1).tolist()])
    return rows


def write(folder, name, seed, build=build):
    model, model_cfg = build(name, seed)
    record(folder, name, seed, model, model_cfg, lambda generator: token_ids(model_cfg['text_cfg'], generator))


def record(folder, name, seed, model, model_cfg, ids_of):
    generator = np.random.default_rng(seed)
    size = model_cfg['vision_cfg']['image_size']
    height, width = size if isinstance(size, list) else (size, size)
    pixels = generator.normal(0, 1.2, (3, 3, height, width)).astype('<f4')
    ids = ids_of(generator)
    with torch.no_grad():
        image = model.encode_image(torch.from_numpy(pixels), normalize=True)
        text = model.encode_text(torch.tensor(ids), normalize=True)
    folder.mkdir(parents=True, exist_ok=True)
    preprocess_cfg = {'mean': [0.5, 0.5, 0.5], 'std': [0.5, 0.5, 0.5], 'interpolation': 'bicubic',
                      'resize_mode': 'squash'}
    config = {'model_cfg': model_cfg, 'preprocess_cfg': preprocess_cfg}
    (folder / 'open_clip_config.json').write_text(json.dumps(config, indent=1) + '\n')
    save_file({k: v.contiguous() for k, v in model.state_dict().items()},
              str(folder / 'open_clip_model.safetensors'))
    (folder / 'pixels.f32.bin').write_bytes(pixels.tobytes())
    expected = {
        'name': name, 'open_clip': open_clip.__version__, 'torch': torch.__version__, 'seed': seed,
        'pixels': {'file': 'pixels.f32.bin', 'shape': list(pixels.shape), 'layout': 'NCHW'},
        'token_ids': ids,
        'image_embed_norm': [[float(np.float32(v)) for v in row] for row in image.tolist()],
        'text_embed_norm': [[float(np.float32(v)) for v in row] for row in text.tolist()],
        'logit_scale_exp': float(model.logit_scale.exp()),
    }
    (folder / 'expected.json').write_text(json.dumps(expected) + '\n')


def ask(folder, asked):
    """Has OpenCLIP load the weights at the sizes of another config."""
    config = json.loads((folder / 'open_clip_config.json').read_text())
    for tower, sizes in asked.items():
        config['model_cfg'][tower].update(sizes)
    (folder / 'open_clip_config.json').write_text(json.dumps(config, indent=1) + '\n')
    weights = str(folder / 'open_clip_model.safetensors')
    save_file({f'module.{name}': tensor for name, tensor in load_file(weights).items()}, weights)
    saved.write(folder)


if __name__ == '__main__':
    target = Path(sys.argv[1])
    for number, name in enumerate(CASES):
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        write(target / name, name, 1000 + number)
        if 'asked' in CASES[name]:
            ask(target / name, CASES[name]['asked'])
        print(name)
