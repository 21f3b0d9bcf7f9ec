"""Muon for the matrices of the transformer blocks, AdamW for everything else.

Why two: with a few thousand steps to go, Muon's orthogonal updates bring the loss down about twice as fast as AdamW's. Of the
smallest size after 131,072 samples in batches of 256: 3.83 against 4.65 (`results/tried.json`).
"""
import torch

# Of AdamW and, for updates brought to the size of AdamW's, of Muon; at the end of the warm-up.
RATES = {'s': (1e-3, 4e-3), 'm': (1e-3, 4e-3), 'l': (1e-3, 3.5e-3)}
DECAY, EPS = 0.1, 1e-6


class Optimizers:
    def __init__(self, model, size):
        matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and 'resblocks' in name]
        taken = {id(p) for p in matrices}
        rest = [p for p in model.parameters() if id(p) not in taken]
        groups = [{'params': [p for p in rest if p.ndim > 1], 'weight_decay': DECAY},
                  {'params': [p for p in rest if p.ndim <= 1], 'weight_decay': 0.0}]
        self._all = (
            torch.optim.AdamW(groups, lr=RATES[size][0], betas=(0.9, 0.95), eps=EPS, fused=True),
            torch.optim.Muon(matrices, lr=RATES[size][1], weight_decay=DECAY, momentum=0.95, nesterov=True,
                             adjust_lr_fn='match_rms_adamw'),
        )
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
