"""Every pretrained tag that OpenCLIP publishes, with its architecture as OpenCLIP builds it.

    python tools/oracles/zoo.py tools/zoo/published.json model_configs.json

For each architecture of a tag: its config, and a digest of the names and shapes of each tower's tensors, built on torch's
meta device without memory. Buffers that no tower computes with are left out. Text towers of Hugging Face's transformers
are built from configs that OpenCLIP downloads by name; they have no digest here. Needs torch, open_clip_torch and
timm; the second file has the configs of OpenCLIP's main branch, for tags that the release does not know.
"""
import copy
import hashlib
import json
import re
import sys

import torch

import torchvision_schemas  # noqa: F401

import open_clip
from open_clip.coca_model import CoCa
from open_clip.model import CLIP, CustomTextCLIP
from open_clip.pretrained import _PRETRAINED

# NaFlex tags that OpenCLIP gained after this release (mlfoundations/open_clip 89fb801, 2026-06-27).
LATER = {'ViT-B-16-SigLIP2-naflex': 'webli', 'ViT-SO400M-16-SigLIP2-naflex': 'webli'}

BUFFERS = re.compile(r'(^|\.)(attn_mask|num_batches_tracked|position_ids)$|^text_decoder\.')


def digest(tensors):
    lines = sorted(f'{name}:{"x".join(map(str, tensor.shape))}' for name, tensor in tensors)
    return hashlib.sha256('\n'.join(lines).encode()).hexdigest()[:32]


def built(config):
    config = copy.deepcopy(config)
    if config['text_cfg'].get('hf_model_name'):
        return {}
    custom = config.pop('custom_text', False)
    kind = CoCa if 'multimodal_cfg' in config else CustomTextCLIP if custom else CLIP
    with torch.device('meta'):
        model = kind(**config)
    tensors = [(name, tensor) for name, tensor in model.state_dict().items() if not BUFFERS.search(name)]
    image = [(name, tensor) for name, tensor in tensors if name.startswith('visual.')]
    text = [(name.removeprefix('text.'), tensor) for name, tensor in tensors
            if not name.startswith(('visual.', 'logit_'))]
    return {'image': digest(image), 'text': digest(text)}


if __name__ == '__main__':
    architectures, tags = {}, []
    for name, published in _PRETRAINED.items():
        config = open_clip.get_model_config(name)
        architectures[name] = {**built(config), 'model_cfg': config}
        for tag, source in published.items():
            preprocess = {key: source[key] for key in ('mean', 'std', 'interpolation', 'resize_mode') if key in source}
            file = (source.get('hf_hub') or '').rsplit('/', 1)[-1]
            tags.append({'architecture': name, 'tag': tag, **({'file': file} if file else {}), 'preprocess_cfg': preprocess})
    with open(sys.argv[2]) as file:
        configs = json.load(file)
    for name, tag in LATER.items():
        architectures[name] = {'model_cfg': configs[name]}
        tags.append({'architecture': name, 'tag': tag, 'later': True,
                     'preprocess_cfg': {'mean': [0.5] * 3, 'std': [0.5] * 3, 'resize_mode': 'squash'}})
    lines = [',\n'.join(f'  {json.dumps(name)}: {json.dumps(one)}' for name, one in architectures.items()),
             ',\n'.join(f'  {json.dumps(one)}' for one in tags)]
    with open(sys.argv[1], 'w') as file:
        file.write('{"open_clip": "%s",\n "architectures": {\n%s\n },\n "tags": [\n%s\n ]}\n'
                   % (open_clip.__version__, *lines))
    print(len(architectures), 'architectures,', len(tags), 'tags')
