"""Weights between those of a checkpoint and those it was gone on to, as a state that `export` takes.

    python -m clipscope_training.average CHECKPOINT RUN/budget-N.pt [PART]

Writes RUN/budget-N-averaged.pt. PART, 0.5 where it is not given, is that of the run. Why: a short going on leaves the valley that
the checkpoint was cooled into and is not cooled as long; between the two, what both learned holds (`results/tried.json`).
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

from .grid import WEIGHTS


def averaged(checkpoint, state, part):
    """@param checkpoint: {name: tensor} of an OpenCLIP file; @param state: of a run; its counts are kept"""
    towers = {name: torch.lerp(checkpoint[name.removeprefix('model.')].float(), own, part)
              for name, own in state['towers'].items()}
    return {**state, 'towers': towers, 'averaged': part}


def main():
    checkpoint, file = map(Path, sys.argv[1:3])
    part = float(sys.argv[3]) if len(sys.argv) > 3 else 0.5
    state = averaged(load_file(checkpoint / WEIGHTS), torch.load(file, weights_only=True), part)
    torch.save(state, file.with_stem(f'{file.stem}-averaged'))


if __name__ == '__main__':
    main()
