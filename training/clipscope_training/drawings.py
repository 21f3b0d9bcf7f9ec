"""The rendered drawings, at three sizes, and the concepts they show."""
import json
from pathlib import Path

import numpy as np
from PIL import Image

SIDES = (96, 64, 32)


class Drawings:
    """Rows of RGBA drawings whose colours are multiplied by their alpha.

    `rows[i]` is {concept, set, icon, manner, mono}; `level(n)[i]` is [side, side, 4] bytes with side `SIDES[n]`;
    `of_concept[c]` are the rows that draw concept c.
    """

    def __init__(self, folder, name):
        folder = Path(folder)
        self.rows = json.loads((folder / f'{name}.json').read_text())
        self.concept = np.array([row['concept'] for row in self.rows])
        self.mono = np.array([row['mono'] for row in self.rows])
        self._levels = [np.memmap(folder / f'{name}.rgba', np.uint8, 'r', shape=(len(self.rows), 96, 96, 4))]
        for side in SIDES[1:]:
            file = folder / f'{name}.{side}.rgba'
            shape = (len(self.rows), side, side, 4)
            if not file.exists() or file.stat().st_size != int(np.prod(shape)):
                _shrink(self._levels[0], file, shape)
            self._levels.append(np.memmap(file, np.uint8, 'r', shape=shape))
        self.of_concept = [[] for _ in range(int(self.concept.max()) + 1)]
        for row, concept in enumerate(self.concept):
            self.of_concept[concept].append(row)

    def level(self, number):
        return self._levels[number]


def _shrink(source, file, shape):
    """Writes each drawing at a smaller side, with Pillow's box filter over all four channels."""
    out = np.memmap(file, np.uint8, 'w+', shape=shape)
    size = (shape[1], shape[1])
    for at in range(shape[0]):
        bands = [Image.fromarray(band).resize(size, Image.Resampling.BOX) for band in np.moveaxis(source[at], 2, 0)]
        out[at] = np.stack(bands, 2)
    out.flush()


def read_concepts(folder):
    """concepts.json: a list of {id, name, group, subgroup, everyday, hypernyms, …}."""
    return json.loads((Path(folder) / 'concepts.json').read_text())
