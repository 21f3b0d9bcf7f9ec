"""OpenCLIP's models whose image tower has convolutions: each architecture's settings, and the weights that OpenCLIP builds from them.

    python tools/oracles/conv_configs.py tests/fixtures/zoo/conv-configs.json

As vit_configs.py; what a BatchNorm has measured counts too. Needs torch, open_clip_torch and timm.
"""
import copy
import re
import sys

import torch

import torchvision_schemas  # noqa: F401

from open_clip.model import CLIP, CustomTextCLIP

import vit_configs

FAMILIES = re.compile('convnext_|fastvit_mci|vit_base_mci|vitamin_')


def is_convolutional(config):
    vision, text = config.get('vision_cfg', {}), config.get('text_cfg', {})
    if 'multimodal_cfg' in config or text.get('hf_model_name'):
        return False
    return isinstance(vision.get('layers'), list) or bool(FAMILIES.match(vision.get('timm_model_name', '')))


def count(config):
    kwargs = copy.deepcopy(config)
    custom = kwargs.pop('custom_text', False)
    with torch.device('meta'):
        model = (CustomTextCLIP if custom else CLIP)(**kwargs)
    sizes = {name: v.numel() for name, v in model.state_dict().items() if v.is_floating_point()}
    image = sum(size for name, size in sizes.items() if name.startswith('visual.'))
    return image, sum(sizes.values()) - image - sizes['logit_scale'] - sizes.get('logit_bias', 0)


if __name__ == '__main__':
    vit_configs.write(sys.argv[1], is_convolutional, count)
