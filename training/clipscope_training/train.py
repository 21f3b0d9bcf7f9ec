"""Trains one size to one or several budgets.

    python -m clipscope_training.train SIZE --budgets 65536,131072 [--data data] [--runs runs] [--seed 1]

One long run at constant rates and 64 pixels is left at 0.85 of each budget for a branch of its own, in which the rates
fall to nothing at the full 96 pixels. So every budget has a finished model, and a larger one later goes on from where the
last ended. Pieces may be cut anywhere: what is not yet written is trained again, to the same numbers, since every draw
comes from the seed and the step.
"""
import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch

from .compose import compose
from .degrade import degrade
from .drawings import Drawings, read_concepts
from .held_out_drawings import accuracy
from .model import Towers, build
from .openclip import ClipLoss
from .optimizers import Optimizers
from .scenes import SceneMaker
from .sizes import SIZES, macs
from .tokenizer import Ids

BATCH = 256
WARM_UP = 60
COOLING = 0.15
SMALL, FULL = 64, 96
LARGEST_SCALE = math.log(100)
SAVE_EVERY = 250


class Run:
    """A model with its optimiser at a step; `stable` steps first, `cooling` ones on a branch."""

    def __init__(self, size, data, seed):
        torch.manual_seed(seed)
        self.size, self.seed, self.step, self.macs = size, seed, 0, 0
        self.data = data
        self.towers = Towers(build(size))
        self.optimizers = Optimizers(self.towers.model, size)
        self.loss = ClipLoss()

    def train(self, part, side, branch=0):
        """One step at a part of the full rates; `branch` sets its draws apart from the stable run's. Returns the loss."""
        maker, drawings, ids = self.data
        draws = [self.seed, self.step, branch]
        scenes = maker.batch(BATCH, np.random.default_rng(draws))
        generator = torch.Generator().manual_seed(int(np.random.default_rng([*draws, 7]).integers(2**62)))
        pictures = degrade(compose(scenes, drawings, side, generator), generator)
        table = torch.from_numpy(ids([scene.caption for scene in scenes]))
        with torch.autocast('cpu', torch.bfloat16):
            images, texts = self.towers(pictures, table)
        scale = self.towers.model.logit_scale
        loss = self.loss(images, texts, scale.exp())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.towers.parameters(), 1.0)
        self.optimizers.step(part)
        with torch.no_grad():
            scale.clamp_(0, LARGEST_SCALE)
        self.step += 1
        self.macs += BATCH * macs(self.size, side, table.shape[1])
        return loss.item()

    def save(self, file):
        state = {'towers': self.towers.state_dict(), 'optimizers': self.optimizers.state_dict(), 'step': self.step,
                 'macs': self.macs, 'seed': self.seed}
        torch.save(state, file.with_suffix('.part'))
        file.with_suffix('.part').replace(file)

    def load(self, file):
        state = torch.load(file, weights_only=True)
        self.towers.load_state_dict(state['towers'])
        self.optimizers.load_state_dict(state['optimizers'])
        self.step, self.macs, self.seed = state['step'], state['macs'], state['seed']


def stable_until(run, steps, folder, report):
    """The long run, from its last save to `steps`."""
    last = folder / 'stable.pt'
    if last.exists() and run.step == 0:
        run.load(last)
    while run.step < steps:
        report(run, run.train(min(1, (run.step + 1) / WARM_UP), SMALL), 'stable')
        if run.step % SAVE_EVERY == 0 or run.step == steps:
            run.save(last)


def cool(run, steps, folder, budget, report):
    """From the stable run's state to the end of the budget; leaves `run` as it was and a finished model in `folder`."""
    file = folder / f'budget-{budget}.pt'
    branch = folder / f'branch-{budget}.pt'
    run.save(branch)
    start = run.step
    while run.step < start + steps:
        part = (run.step - start) / steps
        report(run, run.train(1 - math.sqrt(part), FULL, budget), 'cooling')
    run.save(file)
    figures = {'budget': budget, 'macs': run.macs}
    run.load(branch)
    branch.unlink()
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('size', choices=SIZES)
    parser.add_argument('--budgets', required=True)
    parser.add_argument('--data', type=Path, default=Path('data'))
    parser.add_argument('--runs', type=Path, default=Path('runs'))
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    folder = options.runs / f'{options.size}-{options.seed}'
    folder.mkdir(parents=True, exist_ok=True)
    concepts, drawings = read_concepts(options.data), Drawings(options.data, 'trained')
    ids = Ids(options.data / 'tokenizer.json')
    maker = SceneMaker(concepts, drawings)
    run = Run(options.size, (maker, drawings, ids), options.seed)
    unseen = Drawings(options.data, 'held-out')
    began = time.time()

    def report(run, loss, phase):
        if run.step % 50 == 0:
            row = {'step': run.step, 'phase': phase, 'loss': round(loss, 4), 's': round(time.time() - began, 1)}
            with (folder / 'log.jsonl').open('a') as log:
                log.write(json.dumps(row) + '\n')

    for budget in map(int, options.budgets.split(',')):
        if (folder / f'budget-{budget}.pt').exists():
            continue
        cooling = round(budget * COOLING / BATCH)
        stable_until(run, budget // BATCH - cooling, folder, report)
        figures = cool(run, cooling, folder, budget, report)
        finished = Run(options.size, None, options.seed)
        finished.load(folder / f'budget-{budget}.pt')
        figures['unseen'] = accuracy(finished.towers.eval(), ids, unseen, maker.nouns.names)
        figures['seconds'] = round(time.time() - began)
        print(json.dumps(figures), flush=True)
        with (folder / 'budgets.jsonl').open('a') as log:
            log.write(json.dumps(figures) + '\n')


if __name__ == '__main__':
    main()
