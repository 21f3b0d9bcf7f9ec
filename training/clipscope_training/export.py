"""A finished budget as an OpenCLIP checkpoint: config, F16 weights and tokenizer in one folder.

    python -m clipscope_training.export SIZE RUN/budget-N.pt DATA FOLDER RESULTS

What the checkpoint was trained with is kept in RESULTS/models.json.
"""
import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from . import hardware
from .grid import WEIGHTS, on_grid
from .model import Towers, build
from .sizes import hub_config
from .train import BATCH


def main():
    size, file, data, folder, results = sys.argv[1], *map(Path, sys.argv[2:6])
    towers = Towers(build(size))
    state = torch.load(file)
    towers.load_state_dict(state['towers'])
    folder.mkdir(parents=True, exist_ok=True)
    save_file(on_grid(towers.model.state_dict()), folder / WEIGHTS, metadata={'format': 'pt'})
    (folder / 'open_clip_config.json').write_text(json.dumps(hub_config(size), indent=1) + '\n')
    shutil.copy(data / 'tokenizer.json', folder / 'tokenizer.json')
    results.mkdir(exist_ok=True)
    listed = results / 'models.json'
    models = json.loads(listed.read_text()) if listed.exists() else {}
    samples = state['step'] * BATCH
    row = {'samples': samples, 'batch': BATCH, 'macs': state['macs'], 'hardware': hardware.NAME}
    if began := state['began'] * BATCH:
        # The checkpoint it went on from may have been trained elsewhere; exported once more, it is named already.
        before = models[f'clipscope-{size}']
        again = before.get('went on from') == began
        where = before['hardware'] if again else f"{before['hardware']}, and from sample {began:,} on {hardware.NAME}"
        row |= {'hardware': where, 'went on from': began,
                'recipes': state['recipes'], 'part of the weights gone on to': state.get('averaged', 1)}
    models[f'clipscope-{size}'] = row
    listed.write_text(json.dumps(models, indent=1) + '\n')
    print(f"{folder}: {state['step']} steps, {(folder / WEIGHTS).stat().st_size:,} bytes")


if __name__ == '__main__':
    main()
