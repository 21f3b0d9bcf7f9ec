"""Reads a checkpoint folder with OpenCLIP itself and adds the expected results for the conformance runner.

    python tools/oracles/saved.py FIXTURES/towers/NAME...

Each folder holds open_clip_config.json and open_clip_model.safetensors, such as Clipscope saves. Afterwards it is a case of
`npm run conformance -- --fixtures FIXTURES --only towers`. Needs open_clip_torch 3.3.0, torch and safetensors.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:
    # With a CPU build of torch, a CUDA build of torchvision lacks its operators.
    library = torch.library.Library('torchvision', 'DEF')
    library.define('nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')
    library.define('qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')
import open_clip


def write(folder):
    # From a local folder, like a user's own model.
    model, _ = open_clip.create_model_from_pretrained(f'local-dir:{folder}')
    model = model.float().eval()
    config = json.loads((folder / 'open_clip_config.json').read_text())
    text = config['model_cfg']['text_cfg']
    length, vocab = text.get('context_length', 77), text.get('vocab_size', 49408)
    size = config['model_cfg']['vision_cfg']['image_size']
    height, width = size if isinstance(size, list) else (size, size)
    generator = np.random.default_rng(7)
    pixels = generator.normal(0, 1.2, (3, 3, height, width)).astype('<f4')
    ids = []
    for used in (3, 7, length - 1, length):
        body = generator.integers(8, vocab - 2, used - 2).tolist()
        ids.append([vocab - 2, *body, vocab - 1, *([0] * (length - used))])
    with torch.no_grad():
        image = model.encode_image(torch.from_numpy(pixels), normalize=True)
        texts = model.encode_text(torch.tensor(ids), normalize=True)
    (folder / 'pixels.f32.bin').write_bytes(pixels.tobytes())
    expected = {
        'name': folder.name, 'open_clip': open_clip.__version__, 'torch': torch.__version__,
        'pixels': {'file': 'pixels.f32.bin', 'shape': list(pixels.shape), 'layout': 'NCHW'},
        'token_ids': ids,
        'image_embed_norm': [[float(np.float32(v)) for v in row] for row in image.tolist()],
        'text_embed_norm': [[float(np.float32(v)) for v in row] for row in texts.tolist()],
        'logit_scale_exp': float(model.logit_scale.exp()),
    }
    (folder / 'expected.json').write_text(json.dumps(expected) + '\n')


if __name__ == '__main__':
    for name in sys.argv[1:]:
        write(Path(name))
        print(name)
