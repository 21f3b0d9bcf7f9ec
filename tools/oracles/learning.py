"""Label rows learned from examples, solved exactly: the loss of `src/zeroshot/learning.ts`, written in torch with autograd and
minimised by L-BFGS in double precision.

    python tools/oracles/learning.py > tests/fixtures/zeroshot/learning.json

Needs torch.
"""
import json

import torch

LABELS, DIM, SCALE, FREEDOM = 4, 6, 30.0, 16.0
#: The labels that may be right of each photo: one, two, all but one.
POSSIBLE = [[0], [0], [1], [1], [1], [2], [0, 3], [1, 2, 3], [0, 2, 3], [3]]


def main():
    torch.manual_seed(0)
    unit = lambda rows: torch.nn.functional.normalize(rows, dim=1).float().double()
    texts = unit(torch.randn(LABELS, DIM, dtype=torch.float64))
    photos = unit(torch.randn(len(POSSIBLE), DIM, dtype=torch.float64) + 1)
    mask = torch.zeros(len(POSSIBLE), LABELS, dtype=torch.bool)
    for row, labels in enumerate(POSSIBLE):
        mask[row, labels] = True
    told = [labels[0] for labels in POSSIBLE if len(labels) == 1]
    shots = len(told) / len(set(told))
    rows = texts.clone().requires_grad_()

    def loss():
        shares = torch.log_softmax(SCALE * photos @ rows.T, dim=1)
        fit = -torch.logsumexp(shares.masked_fill(~mask, -torch.inf), dim=1).mean()
        return fit + (SCALE * (rows - texts)).square().sum() / (2 * FREEDOM * shots)

    optimizer = torch.optim.LBFGS([rows], max_iter=2000, tolerance_grad=1e-12, tolerance_change=1e-16,
                                  line_search_fn='strong_wolfe')

    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    optimizer.step(closure)
    print(json.dumps({
        'logitScale': SCALE, 'freedom': FREEDOM, 'texts': texts.tolist(), 'photos': photos.tolist(),
        'possible': mask.int().tolist(), 'rows': rows.detach().tolist(), 'loss': loss().item(),
    }))


if __name__ == '__main__':
    main()
