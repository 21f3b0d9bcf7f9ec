"""Trains sizes side by side on the same scenes, to one or several budgets.

    python -m clipscope_training.train SIZES --budgets 262144,524288 [--data data] [--runs runs] [--seed 1]
    python -m clipscope_training.train l --budgets 2490368 --runs runs-on --from ../static/models --recipe names --rates 0.5

SIZES are letters: `sml` trains all three, `s` the smallest alone, with the same result. A long run at constant rates and 64
pixels is left before the end of each budget for a branch of its own, in which the rates fall to nothing at the full 96
pixels. So every budget has a finished model, and a larger one later goes on from where the last ended. Pieces may be cut
anywhere: what is not yet written is trained again, since every draw comes from the seed and the step.

With `--from` a run goes on from a finished checkpoint, CHECKPOINTS/clipscope-SIZE: from its weights, its tokenizer and the
samples and multiply-accumulates that RESULTS/models.json counts. What the optimizers knew is not in a checkpoint; they begin
anew, with a warm-up, to `--rates` of the full ones, as the weights were cooled already. The last `--cooling` of what is added is
then for the branch. `--recipe` names the shares of the scenes.
"""
import argparse
import json
import math
import signal
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from . import hardware
from .compose import compose
from .degrade import degrade
from .drawings import Drawings, read_concepts
from .grid import WEIGHTS
from .held_out_drawings import accuracy
from .model import Towers, build
from .openclip import ClipLoss
from .optimizers import Optimizers
from .recipes import RECIPES
from .scenes import SceneMaker
from .sizes import SIZES, macs
from .tokenizer import Ids

BATCH = 256
WARM_UP = 60
COOLING = 0.12
SMALL, FULL = 64, 96
LARGEST_SCALE = math.log(100)
SAVE_EVERY = 50
# No longer empty once the process was asked to end: the long run then saves its step and ends.
stopped = []


class Scenes:
    """Batches of pictures [256, 3, side, side] and token ids; each is fixed by seed, step and branch."""

    def __init__(self, folder, seed, recipe='first', tokenizer=None):
        self.drawings = Drawings(folder, 'trained')
        self.maker = SceneMaker(read_concepts(folder), self.drawings, recipe)
        self.ids = Ids(tokenizer or folder / 'tokenizer.json')
        self.seed, self.recipe = seed, recipe

    def batch(self, step, side, branch):
        draws = [self.seed, step, branch]
        scenes = self.maker.batch(BATCH, np.random.default_rng(draws))
        generator = torch.Generator().manual_seed(int(np.random.default_rng([*draws, 7]).integers(2**62)))
        pictures = degrade(compose(scenes, self.drawings, side, generator), generator)
        return pictures, torch.from_numpy(self.ids([scene.caption for scene in scenes]))


class Run:
    """One size at a step of its training, kept in `folder`; `began` is the step of the checkpoint that it goes on from, or 0."""

    def __init__(self, size, folder, seed=1):
        torch.manual_seed(seed)
        self.size, self.step, self.macs, self.began = size, 0, 0, 0
        # Samples seen of each recipe of scenes.
        self.recipes = Counter()
        self.folder = folder
        self.towers = Towers(build(size))
        self.optimizers = Optimizers(self.towers.model, size)
        self.loss = ClipLoss()

    def go_on_from(self, checkpoint, counted):
        """@param counted: {samples, macs} of the checkpoint"""
        self.towers.model.load_state_dict(load_file(checkpoint / WEIGHTS))
        self.step = self.began = counted['samples'] // BATCH
        self.macs = counted['macs']
        self.recipes = Counter(counted.get('recipes', {'first': self.step * BATCH}))

    def train(self, pictures, ids, part):
        """One step at a part, 0..1, of the full rates. Returns the loss."""
        with hardware.autocast():
            images, texts = self.towers(pictures, ids)
        scale = self.towers.model.logit_scale
        loss = self.loss(images, texts, scale.exp())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.towers.parameters(), 1.0)
        self.optimizers.step(part)
        with torch.no_grad():
            scale.clamp_(0, LARGEST_SCALE)
        self.step += 1
        self.macs += BATCH * macs(self.size, pictures.shape[2], ids.shape[1])
        return loss.item()

    def save(self, name):
        state = {'towers': self.towers.state_dict(), 'optimizers': self.optimizers.state_dict(), 'step': self.step,
                 'macs': self.macs, 'began': self.began, 'recipes': dict(self.recipes)}
        part = self.folder / f'{name}.part'
        torch.save(state, part)
        part.replace(self.folder / f'{name}.pt')

    def load(self, name):
        state = torch.load(self.folder / f'{name}.pt', weights_only=True)
        self.towers.load_state_dict(state['towers'])
        self.optimizers.load_state_dict(state['optimizers'])
        self.step, self.macs, self.began, self.recipes = state['step'], state['macs'], state['began'], Counter(state['recipes'])

    def has(self, name):
        return (self.folder / f'{name}.pt').exists()

    def log(self, phase, loss, began):
        if self.step % 50 == 0:
            row = {'step': self.step, 'phase': phase, 'loss': round(loss, 4), 's': round(time.time() - began, 1)}
            with (self.folder / 'log.jsonl').open('a') as log:
                log.write(json.dumps(row) + '\n')


def stable_until(steps, runs, scenes, began, rates):
    """The long run; sizes that are behind catch up first. @raises ValueError when one is past `steps` already"""
    if past := [run.size for run in runs if run.step > steps]:
        raise ValueError(f'{", ".join(past)} went past step {steps}: smaller budgets come first')
    while (step := min(run.step for run in runs)) < steps:
        batch = scenes.batch(step, SMALL, 0)
        for run in [run for run in runs if run.step == step]:
            run.recipes[scenes.recipe] += BATCH
            run.log('stable', run.train(*batch, rates * min(1, (step - run.began + 1) / WARM_UP)), began)
            if run.step % SAVE_EVERY == 0 or run.step == steps or stopped:
                run.save('stable')
        if stopped:
            raise SystemExit(f'stopped and saved at step {step + 1}')


def cool(budget, runs, scenes, began, rates, cooling):
    """From the stable run to the end of the budget, all at one step; leaves the runs as they were."""
    start, steps = runs[0].step, cooling_steps(budget, runs[0].began, cooling)
    for run in runs:
        run.save('branch')
    for step in range(start, start + steps):
        if stopped:
            raise SystemExit(f'stopped while cooling; the branch begins again at step {start}')
        batch = scenes.batch(step, FULL, budget)
        for run in runs:
            run.recipes[scenes.recipe] += BATCH
            run.log('cooling', run.train(*batch, rates * (1 - math.sqrt((step - start) / steps))), began)
    for run in runs:
        run.save(f'budget-{budget}')
        run.load('branch')


def cooling_steps(budget, began=0, cooling=COOLING):
    return round((budget - began * BATCH) * cooling / BATCH)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('sizes')
    parser.add_argument('--budgets', required=True)
    parser.add_argument('--data', type=Path, default=Path('data'))
    parser.add_argument('--runs', type=Path, default=Path('runs'))
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--from', type=Path, dest='checkpoints')
    parser.add_argument('--results', type=Path, default=Path('results'))
    parser.add_argument('--recipe', default='first', choices=RECIPES)
    parser.add_argument('--rates', type=float, default=1)
    parser.add_argument('--cooling', type=float, default=COOLING)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    tokenizer = options.checkpoints / f'clipscope-{options.sizes[0]}' / 'tokenizer.json' if options.checkpoints else None
    scenes, unseen = Scenes(options.data, options.seed, options.recipe, tokenizer), Drawings(options.data, 'held-out')
    runs = []
    for size in options.sizes:
        if size not in SIZES:
            parser.error(f'{size} is no size: {", ".join(SIZES)} are')
        folder = options.runs / f'{size}-{options.seed}'
        folder.mkdir(parents=True, exist_ok=True)
        runs.append(Run(size, folder, options.seed))
        if runs[-1].has('stable'):
            runs[-1].load('stable')
        elif options.checkpoints:
            counted = json.loads((options.results / 'models.json').read_text())[f'clipscope-{size}']
            runs[-1].go_on_from(options.checkpoints / f'clipscope-{size}', counted)
    began = time.time()
    for budget in map(int, options.budgets.split(',')):
        open_runs = [run for run in runs if not run.has(f'budget-{budget}')]
        if not open_runs:
            continue
        cooled = cooling_steps(budget, open_runs[0].began, options.cooling)
        stable_until(budget // BATCH - cooled, open_runs, scenes, began, options.rates)
        cool(budget, open_runs, scenes, began, options.rates, options.cooling)
        for run in open_runs:
            finished = Run(run.size, run.folder)
            finished.load(f'budget-{budget}')
            top = accuracy(finished.towers.eval(), scenes.ids, unseen, scenes.maker.nouns.names)
            row = {'budget': budget, 'macs': finished.macs, 'unseen': top, 'seconds': round(time.time() - began)}
            print(run.size, json.dumps(row), flush=True)
            with (run.folder / 'budgets.jsonl').open('a') as log:
                log.write(json.dumps(row) + '\n')


if __name__ == '__main__':
    main()
