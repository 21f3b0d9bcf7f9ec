"""Writes tower fixtures of the other kinds of image towers in OpenCLIP's zoo, as towers.py does of its ViTs.

    python tools/oracles/zoo_towers.py tests/fixtures/zoo/towers [NAME...]

Needs torch, open_clip_torch 3.3.0, timm 1.0.29 and safetensors. Without names it writes them all.
"""
import copy
import sys
from pathlib import Path

import torch

import torchvision_schemas  # noqa: F401

import timm
from open_clip.model import CLIP, CustomTextCLIP
from timm.models.vitamin import VitCfg
from timm.utils import reparameterize_model

import towers


def timm_tower(preset, size, kwargs, **settings):
    return {'image_size': size, 'timm_model_name': preset, 'timm_model_pretrained': False, 'timm_model_kwargs': kwargs, **settings}


def vitamin(size, dims, depths, stem, **kwargs):
    cfg = {'embed_dim': dims, 'depths': [*depths, 1], 'stem_width': stem}
    return {'img_size': size, 'embed_dim': dims[-1], 'embed_cfg': cfg, **kwargs}


CASES = {
    'convnext-non-square': dict(vision=timm_tower(
        'convnext_xxlarge', [75, 110], {'depths': [1, 1, 1, 2], 'dims': [8, 12, 20, 12], 'kernel_sizes': [7, 5, 3, 7]},
        timm_proj=None)),
    'convnext-mlp-bias': dict(vision=timm_tower(
        'convnext_tiny', 37, {'depths': [1, 1, 1, 1], 'dims': [8, 8, 16, 12], 'norm_eps': 1e-3},
        timm_proj='mlp', timm_proj_bias=True)),
    # An odd number of rows behind the first convolution, one place at the end, odd channels.
    'resnet-odd': dict(vision={'image_size': 61, 'layers': [1, 2, 1, 1], 'width': 5, 'head_width': 10}),
    'mobileclip-b-non-square': dict(top={'custom_text': True}, vision=timm_tower(
        'vit_base_mci_224', [50, 71], {'img_size': [50, 71], 'embed_dim': 36, 'depth': 1, 'num_heads': 3, 'mlp_ratio': 2.5},
        timm_pool='token', timm_proj=None)),
    'fastvit-folded': dict(top={'custom_text': True}, folded=True, vision=timm_tower(
        'fastvit_mci0', [70, 99], {'layers': [1, 2, 1, 2], 'embed_dims': [4, 8, 16, 32], 'mlp_ratios': [3, 2, 1.5, 2]},
        timm_proj=None)),
    'fastvit-five-folded': dict(top={'custom_text': True}, folded=True, vision=timm_tower(
        'fastvit_mci4', 65, {'layers': [1, 1, 1, 1, 1], 'embed_dims': [4, 4, 8, 32, 32], 'stem_use_scale_branch': True},
        timm_proj='mlp')),
    'fastvit-switches': dict(top={'custom_text': True}, seed=5, vision=timm_tower(
        'fastvit_mci1', [64, 33], {'layers': [1, 1, 1, 1], 'embed_dims': [4, 16, 16, 32], 'cls_ratio': 3.0, 'lkc_use_act': False,
                                   'se_downsamples': [False, True, False, True], 'stem_use_scale_branch': False},
        timm_proj='none')),
    'vitamin-xl-non-square': dict(top={'custom_text': True}, vision=timm_tower(
        'vitamin_xlarge_256', [50, 35], vitamin([50, 35], [6, 10, 30], [1, 2], 6, num_heads=5, depth=2, mlp_ratio=1.5),
        timm_pool='', timm_proj='linear', timm_proj_bias=True)),
    'vitamin-learned': dict(top={'custom_text': True}, vision=timm_tower(
        'vitamin_small_224', [70, 81], vitamin([70, 81], [8, 8, 24], [2, 1], 4, num_heads=2, depth=1), timm_proj=None)),
}

# timm writes the stem's channels for a width of 768 only: as many of each width are put in their place.
STEM = timm.models.vision_transformer_hybrid.ConvStem


class NarrowStem(STEM):
    def __init__(self, channels, **settings):
        super().__init__(channels=(WIDTH // 4, WIDTH // 4, WIDTH), **settings)


WIDTH = 36
timm.models.vision_transformer_hybrid.ConvStem = NarrowStem


def build(name, seed):
    case = CASES[name]
    text = {**towers.TEXT, 'layers': 1}
    model_cfg = {'embed_dim': 20, **case.get('top', {}), 'vision_cfg': case['vision'], 'text_cfg': text}
    torch.manual_seed(seed)
    kwargs = copy.deepcopy(model_cfg)
    custom = kwargs.pop('custom_text', False)
    keywords = kwargs['vision_cfg'].pop('timm_model_kwargs', {})
    if 'embed_cfg' in keywords:
        keywords['embed_cfg'] = VitCfg(**keywords['embed_cfg'])
    with towers.timm_keywords(keywords):
        model = (CustomTextCLIP if custom else CLIP)(**kwargs).eval()
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if key.endswith('running_var'):
                value.uniform_(0.3, 3)
            elif key.endswith('running_mean'):
                value.normal_(0, 0.5)
            elif not value.is_floating_point() or value.ndim == 0:
                continue
            elif 'positional_embedding' in key or 'pos_embed' in key or 'cls_token' in key:
                value.normal_(0, 0.5)
            elif value.ndim in (2, 4):
                value.normal_(0, 1.6 / value[0].numel() ** 0.5)
            elif key.endswith('bias'):
                value.normal_(0, 0.3)
            else:
                value.copy_(1 + 0.3 * torch.randn_like(value))
    if case.get('folded'):
        model.visual.trunk = reparameterize_model(model.visual.trunk)
    return model, model_cfg


if __name__ == '__main__':
    target = Path(sys.argv[1])
    for number, name in enumerate(CASES):
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        towers.write(target / name, name, CASES[name].get('seed', 2000 + number), build)
        print(name)
