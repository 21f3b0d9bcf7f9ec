"""Writes what PyTorch makes of scores of which many are equal: `python tools/oracles/torch_order.py tests/fixtures/evaluation/orders.json`.

Scores are small whole numbers. `topk` and `sort` hold the indices that PyTorch returns, `argmax` its index.
"""
import json
import random
import sys

import torch


def killer(n):
    """Scores of which each median of three is nearly the lowest, so that a heap takes over (D. R. Musser 1997)."""
    half = n // 2
    scores = [0] * n
    for i in range(1, half + 1):
        if i % 2:
            scores[i - 1:i + 1] = i, half + i
        scores[half + i - 1] = 2 * i
    return scores


KINDS = {
    'equal': lambda draw, n: [0] * n,
    'few': lambda draw, n: [draw.randrange(3) for _ in range(n)],
    'some': lambda draw, n: [draw.randrange(max(2, n // 4)) for _ in range(n)],
    'rising': lambda draw, n: [i // 3 for i in range(n)],
    'falling': lambda draw, n: [(n - i) // 3 for i in range(n)],
    'killer': lambda draw, n: [-score for score in killer(n)],
}


def case(kind, n, k, seed):
    scores = KINDS[kind](random.Random(seed), n)
    rows = torch.tensor([scores], dtype=torch.float32)
    return {'scores': scores, 'k': k, 'topk': torch.topk(rows, k, dim=1)[1][0].tolist(),
            'sort': torch.sort(rows[0], 0, True)[1].tolist(), 'argmax': rows.argmax(1).item()}


sizes = [(1, 1), (2, 1), (3, 2), (5, 5), (8, 5), (17, 5), (40, 5), (64, 1), (100, 10), (319, 5), (320, 5), (200, 66), (400, 10)]
cases = [case(kind, n, k, n) for kind in KINDS for n, k in sizes]
with open(sys.argv[1], 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(one, separators=(',', ':')) for one in cases) + '\n]\n')
