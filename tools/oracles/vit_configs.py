"""The ViT family of OpenCLIP: each architecture's settings, and the weights that OpenCLIP builds from them.

    python tools/oracles/vit_configs.py tests/fixtures/vit-configs.json

Towers are built on torch's meta device, without memory. Needs torch, open_clip_torch and timm.
"""
import copy
import json
import sys

import torch

import torchvision_schemas  # noqa: F401

import open_clip
from open_clip.model import CLIP, CustomTextCLIP


def is_vit(config):
    vision, text = config.get('vision_cfg', {}), config.get('text_cfg', {})
    if 'multimodal_cfg' in config or text.get('hf_model_name') or isinstance(vision.get('layers'), list):
        return False
    timm = vision.get('timm_model_name', '')
    return not timm or ('siglip' in timm and 'naflex' not in timm)


def count(config):
    kwargs = copy.deepcopy(config)
    custom = kwargs.pop('custom_text', False)
    with torch.device('meta'):
        model = (CustomTextCLIP if custom else CLIP)(**kwargs)
    image = sum(p.numel() for p in model.visual.parameters())
    scalars = sum(p.numel() for name, p in model.named_parameters() if name in ('logit_scale', 'logit_bias'))
    return image, sum(p.numel() for p in model.parameters()) - image - scalars


def write(path, is_wanted, count):
    lines = []
    for name in open_clip.list_models():
        config = open_clip.get_model_config(name)
        if config and is_wanted(config):
            image, text = count(config)
            lines.append(json.dumps({'name': name, 'image': image, 'text': text, 'model_cfg': config}))
    with open(path, 'w') as file:
        file.write('{"open_clip": "%s", "models": [\n' % open_clip.__version__ + ',\n'.join(lines) + '\n]}\n')
    print(len(lines))


if __name__ == '__main__':
    write(sys.argv[1], is_vit, count)
