"""Muon for the matrices of the transformer blocks, AdamW for everything else.

Why two: with a few thousand steps to go, Muon's orthogonal updates bring the loss down about twice as fast as AdamW's. Of the
smallest size after 131,072 samples in batches of 256: 3.83 against 4.65 (`results/tried.json`).
"""
import torch

from .hardware import BF16

# Of AdamW and, for updates brought to the size of AdamW's, of Muon; at the end of the warm-up.
RATES = {'s': (1e-3, 4e-3), 'm': (1e-3, 4e-3), 'l': (1e-3, 3.5e-3)}
DECAY, EPS = 0.1, 1e-6


class Muon(torch.optim.Optimizer):
    """torch.optim.Muon with Nesterov and `match_rms_adamw`, matrices of one shape at a time.

    Why not torch's: it makes updates orthogonal in bf16 on every CPU, which one without bf16 units does 20 times slower.
    """

    def __init__(self, matrices, lr, weight_decay, momentum=0.95):
        super().__init__(matrices, {'lr': lr, 'weight_decay': weight_decay, 'momentum': momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for matrix in group['params']:
                by_shape.setdefault(matrix.shape, []).append(matrix)
            for shape, matrices in by_shape.items():
                updates = orthogonal(torch.stack([self._momentum(one, group['momentum']) for one in matrices]))
                rate = group['lr'] * 0.2 * max(shape) ** 0.5
                for matrix, update in zip(matrices, updates, strict=True):
                    matrix.mul_(1 - group['lr'] * group['weight_decay']).add_(update, alpha=-rate)

    def _momentum(self, matrix, momentum):
        mean = self.state[matrix].setdefault('momentum_buffer', torch.zeros_like(matrix))
        mean.lerp_(matrix.grad, 1 - momentum)
        return matrix.grad.lerp(mean, momentum)


def orthogonal(matrices):
    """[n, rows, columns] -> the same with all singular values near 1, by five steps of Newton and Schulz."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.mT if tall else matrices).to(torch.bfloat16 if BF16 else torch.float32)
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return (x.mT if tall else x).to(matrices.dtype)


class Optimizers:
    def __init__(self, model, size):
        matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and 'resblocks' in name]
        taken = {id(p) for p in matrices}
        rest = [p for p in model.parameters() if id(p) not in taken]
        groups = [{'params': [p for p in rest if p.ndim > 1], 'weight_decay': DECAY},
                  {'params': [p for p in rest if p.ndim <= 1], 'weight_decay': 0.0}]
        self._all = (torch.optim.AdamW(groups, lr=RATES[size][0], betas=(0.9, 0.95), eps=EPS, fused=True),
                     Muon(matrices, lr=RATES[size][1], weight_decay=DECAY))
        self._rates = RATES[size]

    def step(self, part):
        """One step at `part`, 0..1, of the full rates; clears the gradients."""
        for optimizer, rate in zip(self._all, self._rates, strict=True):
            for group in optimizer.param_groups:
                group['lr'] = rate * part
            optimizer.step()
            optimizer.zero_grad()

    def state_dict(self):
        return [one.state_dict() for one in self._all]

    def load_state_dict(self, states):
        for one, state in zip(self._all, states, strict=True):
            one.load_state_dict(state)
