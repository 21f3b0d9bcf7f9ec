"""Golden position embeddings at other grids, resized by OpenCLIP's and timm's own code.

    python tools/oracles/positions.py tests/fixtures/positions.json

Each case: `from` and `to` grids [rows, columns], `prefix` tokens, `width`, `values` and `expected`, row-major.
"""
import json
import sys
from types import SimpleNamespace

import numpy as np
import torch

import torchvision_schemas  # noqa: F401

from open_clip.model import resize_pos_embed
from timm.layers import resample_abs_pos_embed

WIDTH = 3
CASES = [  # from, to, prefix; OpenCLIP's own code takes the old grid as square
    ((4, 4), (6, 4), 1), ((7, 7), (9, 9), 1), ((7, 7), (3, 5), 1), ((12, 12), (5, 5), 1), ((2, 2), (7, 3), 1), ((5, 5), (1, 1), 1),
    ((4, 4), (9, 2), 0), ((6, 3), (4, 7), 0), ((4, 4), (2, 8), 0),
]


def resized(values, old, new, prefix):
    if prefix == 0:
        return resample_abs_pos_embed(values[None], new, old, num_prefix_tokens=0)[0]
    state = {'visual.positional_embedding': values}
    resize_pos_embed(state, SimpleNamespace(visual=SimpleNamespace(grid_size=new)))
    return state['visual.positional_embedding']


if __name__ == '__main__':
    rng = np.random.default_rng(7)
    cases = []
    for old, new, prefix in CASES:
        values = torch.from_numpy(rng.normal(0, 1, (prefix + old[0] * old[1], WIDTH)).round(4).astype('f4'))
        out = resized(values, old, new, prefix)
        cases.append({'from': old, 'to': new, 'prefix': prefix, 'width': WIDTH,
                      'values': [round(v, 4) for v in values.flatten().tolist()],
                      'expected': [float(np.float32(v)) for v in out.flatten().tolist()]})
    with open(sys.argv[1], 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(case) for case in cases) + '\n]\n')
