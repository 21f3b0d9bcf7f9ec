"""Pictures to be asked about, composed from drawings of the unseen styles, with what may be answered.

    python -m clipscope_training.questions DATA

Writes DATA/questions.rgb, [count, 192, 192, 3] bytes, and DATA/questions.json: for each its kind, its choices and the
index of the true one. Kinds: colour, number; and of things that no training scene shows together, in this colour or in
this number: unseen pair, unseen colour, unseen number.

Also DATA/plain-names.rgb, [count, 96, 96, 3] bytes, and DATA/plain-names.json: one picture of each everyday thing in each style,
seen ones too, and what every concept is called in a search: "a cat".
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch

from . import colours, held_out
from .compose import compose
from .drawings import Drawings, read_concepts
from .plain_names import everyday_things, on_white, one_of_each
from .scenes import Placed, Scene, SceneMaker, _spots
from .words import NUMBERS, Nouns, plural, with_article

SIDE = 192
EACH = 300
ASKED_COLOURS = ('red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'black')


class Asker:
    def __init__(self, concepts, drawings, rng):
        self.rng, self.ids, self.drawings = rng, [one['id'] for one in concepts], drawings
        self.nouns = SceneMaker(concepts, drawings).nouns
        self.things = [c for c, one in enumerate(concepts) if one['everyday'] and drawings.of_concept[c]]

    def thing(self):
        return self.things[self.rng.integers(len(self.things))]

    def row(self, concept):
        rows = self.drawings.of_concept[concept]
        return rows[self.rng.integers(len(rows))]

    def scene(self, placed):
        return Scene('', placed, 'white', 'plain', seed=int(self.rng.integers(2**31)))

    def colour(self, unseen):
        while True:
            thing, paint = self.thing(), ASKED_COLOURS[self.rng.integers(len(ASKED_COLOURS))]
            if held_out.painted(self.ids[thing], paint) == unseen:
                break
        scene = self.scene([Placed(self.row(thing), 0.5, 0.5, 0.8, paint=paint)])
        noun = self.nouns.everyday(thing)
        return scene, [with_article(f'{one} {noun}') for one in ASKED_COLOURS], ASKED_COLOURS.index(paint)

    def number(self, unseen):
        while True:
            thing, count = self.thing(), int(self.rng.integers(1, 5))
            if held_out.counted(self.ids[thing], count) == unseen and (count > 1 or not unseen):
                break
        row, noun = self.row(thing), self.nouns.everyday(thing)
        spots = [(0.5, 0.5, 0.6)] if count == 1 else _spots(count, self.rng)
        choices = [with_article(noun), *(f'{NUMBERS[n]} {plural(noun)}' for n in (2, 3, 4))]
        return self.scene([Placed(row, *spot) for spot in spots]), choices, count - 1

    def pair(self, _unseen):
        while True:
            one, other, third, fourth = (self.thing() for _ in range(4))
            if len({one, other, third, fourth}) == 4 and held_out.pair(self.ids[one], self.ids[other]):
                break
        placed = [Placed(self.row(c), *spot) for c, spot in zip((one, other), _spots(2, self.rng), strict=True)]
        a, b, c, d = (with_article(self.nouns.everyday(x)) for x in (one, other, third, fourth))
        return self.scene(placed), [f'{a} and {b}', f'{a} and {c}', f'{d} and {b}', f'{c} and {d}'], 0


def write_plain_names(data, concepts):
    nouns, things = Nouns(concepts), everyday_things(concepts)
    said = {one['name']: with_article(nouns.everyday(c)) for c, one in enumerate(concepts)}
    pictures = []
    with (data / 'plain-names.rgb').open('wb') as out:
        for name in ('trained', 'held-out'):
            drawings = Drawings(data, name)
            for style, rows in one_of_each(drawings, things).items():
                shown = (on_white(drawings, rows).clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1)
                out.write(shown.contiguous().numpy().tobytes())
                pictures += [{'style': style, 'isSeen': name == 'trained', 'name': concepts[c]['name']}
                             for c in drawings.concept[rows].tolist()]
    listed = {'things': [concepts[c]['name'] for c in things], 'said': said, 'pictures': pictures}
    (data / 'plain-names.json').write_text(json.dumps(listed))
    print(f'plain names: {len(pictures)} pictures')


def main():
    data = Path(sys.argv[1])
    concepts, drawings = read_concepts(data), Drawings(data, 'held-out')
    asker = Asker(concepts, drawings, np.random.default_rng(404))
    asked = {'colour': (asker.colour, False), 'number': (asker.number, False), 'unseen pair': (asker.pair, True),
             'unseen colour': (asker.colour, True), 'unseen number': (asker.number, True)}
    rows, scenes = [], []
    for kind, (ask, unseen) in asked.items():
        for _ in range(EACH):
            scene, choices, answer = ask(unseen)
            scenes.append(scene)
            rows.append({'kind': kind, 'choices': choices, 'answer': answer})
    generator = torch.Generator().manual_seed(404)
    hashed = hashlib.sha256(json.dumps(rows).encode())
    with (data / 'questions.rgb').open('wb') as out:
        for start in range(0, len(scenes), 100):
            pictures = compose(scenes[start:start + 100], drawings, SIDE, generator)
            block = (pictures * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy().tobytes()
            hashed.update(block)
            out.write(block)
    (data / 'questions.json').write_text(json.dumps(rows))
    print(f'questions: {len(rows)}, sha256 {hashed.hexdigest()}')
    write_plain_names(data, concepts)


if __name__ == '__main__':
    main()
