"""Writes tower fixtures of published architectures at their true size, with random weights, by the real OpenCLIP.

    python tools/oracles/true_size.py OUT NAME...
    npm run conformance -- --fixtures OUT --only towers

Too large for the tree. Needs torch, open_clip_torch, timm and safetensors. Matrices keep OpenCLIP's own random weights;
what starts as zeros, ones or nearly nothing (biases, norms, layer scale, the statistics of BatchNorm) is drawn, so that
each of them counts.
"""
import copy
import json
import sys
from pathlib import Path

import torch

import torchvision_schemas  # noqa: F401

import open_clip
from open_clip.coca_model import CoCa
from open_clip.model import CLIP, CustomTextCLIP
from safetensors.torch import save_file

PICTURES, TEXTS = 1, 2


def draw(model):
    for name, value in model.named_parameters():
        if value.ndim == 1 or 'gamma' in name:
            if name.startswith('logit_'):
                continue
            scales = name.endswith(('weight', 'gamma'))
            value.normal_(0.8 if scales else 0, 0.15 if scales else 0.05)
    for name, value in model.named_buffers():
        if name.endswith('running_mean'):
            value.normal_(0, 0.1)
        if name.endswith('running_var'):
            value.uniform_(0.5, 1.5)


@torch.no_grad()
def write(name, out, seed):
    torch.manual_seed(seed)
    config = open_clip.get_model_config(name)
    kwargs = copy.deepcopy(config)
    custom = kwargs.pop('custom_text', False)
    kind = CoCa if 'multimodal_cfg' in config else CustomTextCLIP if custom else CLIP
    model = kind(**kwargs).eval()
    draw(model)
    size = model.visual.image_size
    height, width = size if isinstance(size, (tuple, list)) else (size, size)
    pixels = torch.randn(PICTURES, 3, height, width)
    length, vocabulary = config['text_cfg'].get('context_length', 77), config['text_cfg'].get('vocab_size', 49408)
    # CoCa's class token takes the last of its places.
    length -= 1 if config['text_cfg'].get('embed_cls') and length == 77 else 0
    ids = torch.zeros(TEXTS, length, dtype=torch.long)
    for row in ids:
        end = int(torch.randint(3, length, ()))
        row[1:end] = torch.randint(1, vocabulary - 2, (end - 1,))
        row[0], row[end] = vocabulary - 2, vocabulary - 1
    folder = Path(out) / 'towers' / name
    folder.mkdir(parents=True, exist_ok=True)
    state = {key: value.contiguous().clone() for key, value in model.state_dict().items()}
    save_file(state, folder / 'open_clip_model.safetensors')
    (folder / 'open_clip_config.json').write_text(json.dumps({'model_cfg': config, 'preprocess_cfg': {}}))
    (folder / 'pixels.f32.bin').write_bytes(pixels.numpy().tobytes())
    unit = lambda rows: torch.nn.functional.normalize(rows, dim=-1).tolist()
    (folder / 'expected.json').write_text(json.dumps({
        'pixels': {'file': 'pixels.f32.bin', 'shape': list(pixels.shape)}, 'token_ids': ids.tolist(),
        'image_embed_norm': unit(model.encode_image(pixels)), 'text_embed_norm': unit(model.encode_text(ids)),
        'logit_scale_exp': float(model.logit_scale.exp()), 'open_clip': open_clip.__version__,
    }))
    print(name, sum(value.numel() for value in model.parameters()))


if __name__ == '__main__':
    for at, one in enumerate(sys.argv[2:]):
        write(one, sys.argv[1], 1 + at)
