"""Writes tower fixtures of timm's `Eva` (EVA01, EVA02, Perception Encoder) and `NaFlexVit` with the real OpenCLIP: other sizes,
grids and switches.

    python tools/oracles/timm_towers.py tests/fixtures/zoo/towers [NAME...]

Needs torch, open_clip_torch, timm 1.0.29 and safetensors. Files as towers.py has them; resized.json is the image tower at another
picture size, by timm's own `set_input_size`; a NaFlexVit takes any.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch

import towers


def eva(preset, size, width, heads, resized=None, pool='token', **kwargs):
    vision = {'image_size': size, 'timm_model_name': preset, 'timm_model_pretrained': False, 'timm_pool': pool, 'timm_proj': None,
              'timm_model_kwargs': {'img_size': size, 'patch_size': 8, 'depth': 2, 'embed_dim': width, 'num_heads': heads, **kwargs}}
    return dict(top={'custom_text': True}, only_vision=vision, text={'layers': 1}, resized=resized)


def naflex(preset, size, width, heads, resized, **kwargs):
    case = eva(preset, size, width, heads, resized, 'map', **kwargs)
    del case['only_vision']['timm_model_kwargs']['img_size']
    case['only_vision']['timm_proj'] = 'none'
    case['top'].update(embed_dim=width, init_logit_bias=-10)
    return {**case, 'text': {**towers.SIGLIP_TEXT, 'layers': 1}}


CASES = {
    'eva01-cut-edge': eva('eva_giant_patch14_clip_224', [30, 22], 40, 2, patch_size=[8, 6], mlp_ratio=2.6),
    'eva02-stretched': eva('eva02_base_patch16_clip_224', [24, 40], 48, 3, resized=[32, 24]),
    'eva02-other-reference': eva('eva02_large_patch14_clip_336', 32, 24, 1, ref_feat_shape=[5, 9], mlp_ratio=2.2, depth=3),
    'eva02-e-non-square': eva('eva02_enormous_patch14_clip_224', [16, 40], 36, 3, mlp_ratio=3),
    'pe-core-non-square': eva('vit_pe_core_small_patch16_384', [24, 56], 40, 2, resized=[40, 32], pool='map', ref_feat_shape=[3, 9],
                              attn_pool_num_heads=5, attn_pool_mlp_ratio=2.5),
    'pe-core-bare': eva('vit_pe_core_gigantic_patch14_448', [40, 24], 48, 4, resized=[16, 48], pool='map'),
    'pe-core-large-bare': eva('vit_pe_core_large_patch14_336', 32, 32, 2, pool='map', class_token=False),
    'naflex-non-square': naflex('naflexvit_so400m_patch16_siglip', [32, 20], 48, 3, [16, 60], patch_size=[8, 4],
                                pos_embed_grid_size=[3, 7]),
}


def write_resized(folder, name, seed, size):
    model, _ = towers.build(name, seed)
    if hasattr(model.visual.trunk, 'set_input_size'):
        model.visual.trunk.set_input_size(img_size=size)
    pixels = np.random.default_rng(seed + 1).normal(0, 1.2, (2, 3, *size)).astype('<f4')
    with torch.no_grad():
        image = model.encode_image(torch.from_numpy(pixels), normalize=True)
    (folder / 'resized.pixels.f32.bin').write_bytes(pixels.tobytes())
    expected = {'name': f'{name} at {size[0]} x {size[1]}',
                'pixels': {'file': 'resized.pixels.f32.bin', 'shape': list(pixels.shape), 'layout': 'NCHW'},
                'image_embed_norm': [[float(np.float32(v)) for v in row] for row in image.tolist()]}
    (folder / 'resized.json').write_text(json.dumps(expected) + '\n')


if __name__ == '__main__':
    towers.CASES = CASES
    target = Path(sys.argv[1])
    for number, name in enumerate(CASES):
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        towers.write(target / name, name, 2000 + number)
        if CASES[name]['resized']:
            write_resized(target / name, name, 2000 + number, CASES[name]['resized'])
        print(name)
