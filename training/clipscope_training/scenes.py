"""What a scene shows and how it is told: a seeded draw of objects, places, colours, background and caption."""
from dataclasses import dataclass, field

import numpy as np

from . import colours, held_out
from .recipes import RECIPES
from .words import NUMBERS, Nouns, plural, with_article

OBJECT_GROUPS = ('Animals & Nature', 'Food & Drink', 'Travel & Places', 'Activities', 'Objects')
PREFIXES = (
    'a drawing of {}', 'an icon of {}', 'a picture of {}', 'a photo of {}', 'an emoji of {}', 'an image of {}',
    'a sticker of {}', 'clip art of {}', 'an illustration of {}', 'a photo of the {}', 'a sketch of {}', 'this is {}',
)
# No family gives a batch more things than this.
FAMILY = 24


@dataclass
class Placed:
    """One drawing in a scene. Places and sizes are parts of the frame; `paint` is a colour's name, or None."""
    row: int
    x: float
    y: float
    size: float
    turn: float = 0.0
    flip: bool = False
    paint: str | None = None
    stretch: float = 1.0
    """Width by height, as a part of the drawing's own."""
    shear: float = 0.0


@dataclass
class Scene:
    caption: str
    placed: list[Placed]
    background: str
    """The name of its colour."""
    pattern: str
    """plain, gradient, stripes, blobs or drawings."""
    seed: int = 0
    concepts: list[int] = field(default_factory=list)


class SceneMaker:
    """Draws scenes from the rows of `drawings`. Every draw comes from the `rng` that is handed in."""

    def __init__(self, concepts, drawings, recipe='first'):
        self.recipe = RECIPES[recipe]
        self.ids = [one['id'] for one in concepts]
        self.groups = [one['group'] for one in concepts]
        self.nouns = Nouns(concepts)
        if self.recipe.own_names:
            self.nouns.keep_own_names()
        self.drawings = drawings
        self.drawn = np.array([c for c in range(len(concepts)) if c < len(drawings.of_concept) and drawings.of_concept[c]])
        self.objects = np.array([c for c in self.drawn if self.groups[c] in OBJECT_GROUPS])
        weight = np.array([self.recipe.everyday if concepts[c]['everyday'] else 1.0 for c in self.drawn])
        self.weight = weight / weight.sum()
        families = {}
        for c in self.drawn:
            families.setdefault(concepts[c]['subgroup'], []).append(c)
        self.families = [np.array(members) for members in families.values() if len(members) > 3]
        self.fixed = np.array([
            one['group'] == 'Symbols' or any(word in one['id'] for word in ('left', 'right', 'clock', 'letter', 'sign', 'button'))
            for one in concepts
        ])

    def batch(self, count, rng):
        """`count` scenes with different main concepts, so that no caption is true of another's picture by its subject."""
        mains = self._alike(rng)
        while len(mains) < count:
            weight = self.weight
            if 0 < len(mains) < len(self.drawn):
                weight = np.where(np.isin(self.drawn, mains), 0, weight)
                weight /= weight.sum()
            mains.extend(rng.choice(self.drawn, min(count - len(mains), np.count_nonzero(weight)), replace=False, p=weight))
        return [self.scene(int(main), rng) for main in mains]

    def _alike(self, rng):
        """Main concepts that are easily mistaken for each other."""
        if not self.recipe.families:
            return []
        share = np.array([self.weight[np.isin(self.drawn, members)].sum() for members in self.families])
        chosen = rng.choice(len(self.families), self.recipe.families, replace=False, p=share / share.sum())
        return [c for at in chosen for c in rng.permutation(self.families[at])[:FAMILY]]

    def scene(self, main, rng):
        kinds = self.recipe.kinds
        kind = rng.choice(list(kinds), p=list(kinds.values()))
        if kind != 'one' and self.groups[main] == 'Symbols':
            kind = 'one'
        if kind == 'one' and self.recipe.clean and rng.random() < self.recipe.clean:
            return self._clean(main, rng)
        background, pattern = self._background(rng)
        scene = getattr(self, '_' + kind)(main, background, rng)
        scene.pattern, scene.background, scene.seed = pattern, background, int(rng.integers(2**31))
        if pattern in ('plain', 'gradient') and rng.random() < (0.06 if background == 'white' else 0.3):
            scene.caption += f' on {with_article(self._spoken(background, rng))} background'
        if rng.random() < 0.45:
            scene.caption = PREFIXES[rng.integers(len(PREFIXES))].replace('{}', scene.caption).replace('the a ', 'the ') \
                .replace('the an ', 'the ')
        return scene

    def _clean(self, main, rng):
        row = self._row(main, rng)
        placed = self._place(row, 0.5, 0.5, rng.uniform(0.8, 1), rng, self._paint(main, row, 'white', rng, 0))
        return Scene(with_article(self.nouns.any(main, rng)), [placed], 'white', 'plain', int(rng.integers(2**31)), [main])

    def _one(self, main, background, rng):
        row = self._row(main, rng)
        filling = rng.random() < 0.45
        size = rng.uniform(0.86, 1.04) if filling else rng.uniform(0.4, 0.95)
        slack = max(0.0, 1 - size) / 2 + 0.05
        paint = self._paint(main, row, background, rng, 0.08)
        placed = self._place(row, 0.5 + rng.uniform(-slack, slack), 0.5 + rng.uniform(-slack, slack), size, rng, paint)
        draw = rng.random()
        hypernyms = self.nouns.hypernyms[main]
        if paint and (not self.drawings.mono[row] or draw < 0.5):
            said = with_article(f'{self._spoken(paint, rng)} {self.nouns.any(main, rng)}')
        elif hypernyms and draw < self.recipe.hypernyms * (1 if self.groups[main] in OBJECT_GROUPS else 0.3):
            said = hypernyms[rng.integers(len(hypernyms))]
        elif draw < 0.45:
            said = self.nouns.any(main, rng)
        else:
            said = with_article(self.nouns.any(main, rng))
        return Scene(said, [placed], '', '', concepts=[main])

    def _counted(self, main, background, rng):
        count = int(rng.choice((2, 3, 4, 5), p=(0.4, 0.3, 0.2, 0.1)))
        if held_out.counted(self.ids[main], count):
            return self._one(main, background, rng)
        row = self._row(main, rng)
        same = rng.random() < 0.8
        rows = [row if same else self._row(main, rng) for _ in range(count)]
        paint = self._paint(main, row, background, rng, 0.1) if same else None
        placed = [self._place(r, *spot, rng, paint) for r, spot in zip(rows, _spots(count, rng), strict=True)]
        kinds = [one for one in self.nouns.hypernyms[main] if one.startswith(('a ', 'an '))]
        if kinds and self.groups[main] in OBJECT_GROUPS and rng.random() < 0.12:
            noun = plural(kinds[rng.integers(len(kinds))].split(' ', 1)[1])
        else:
            noun = plural(self.nouns.any(main, rng))
        said = f'{self._spoken(paint, rng)} {noun}' if paint else noun
        if self.recipe.uncounted and rng.random() < self.recipe.uncounted:
            if rng.random() < 0.6:
                one = self.nouns.any(main, rng)
                said = with_article(f'{self._spoken(paint, rng)} {one}' if paint else one)
            return Scene(said, placed, '', '', concepts=[main])
        return Scene(f'{NUMBERS[count]} {said}', placed, '', '', concepts=[main])

    def _two(self, main, background, rng):
        other = self._other(main, rng)
        spots = _spots(2, rng, even=False)
        row, second = self._row(main, rng), self._row(other, rng)
        paints = [self._paint(c, r, background, rng, 0.2) for c, r in ((main, row), (other, second))]
        placed = [self._place(r, *spot, rng, p) for r, spot, p in zip((row, second), spots, paints, strict=True)]
        nouns = [self.nouns.any(c, rng) for c in (main, other)]
        said = [f'{self._spoken(p, rng)} {n}' if p else n for p, n in zip(paints, nouns, strict=True)]
        if self.recipe.in_part and rng.random() < self.recipe.in_part:
            return Scene(with_article(said[0]), placed, '', '', concepts=[main, other])
        (x, y, size), (x2, y2, size2) = spots
        draw = rng.random()
        if size > 1.35 * size2 and draw < 0.35:
            caption = f'a big {said[0]} and a small {said[1]}'
        elif size2 > 1.35 * size and draw < 0.35:
            caption = f'a small {said[0]} and a big {said[1]}'
        else:
            one, two = (with_article(noun) for noun in said)
            if draw < 0.7:
                caption = f'{one} {("and", "and", "with", "next to", "beside")[rng.integers(5)]} {two}'
            elif abs(x - x2) > abs(y - y2):
                caption = f'{one} {"to the left of" if x < x2 else "to the right of"} {two}'
            else:
                caption = f'{one} {"above" if y < y2 else "below"} {two}'
        return Scene(caption, placed, '', '', concepts=[main, other])

    def _three(self, main, background, rng):
        others = [self._other(main, rng), self._other(main, rng)]
        everything = [main, *others]
        placed = [self._place(self._row(c, rng), *spot, rng, None)
                  for c, spot in zip(everything, _spots(3, rng, even=False), strict=True)]
        one, two, three = (with_article(self.nouns.any(c, rng)) for c in everything)
        if self.recipe.in_part and rng.random() < self.recipe.in_part:
            return Scene(one, placed, '', '', concepts=everything)
        return Scene(f'{one}, {two} and {three}', placed, '', '', concepts=everything)

    def _row(self, concept, rng):
        rows = self.drawings.of_concept[concept]
        return rows[rng.integers(len(rows))]

    def _other(self, main, rng):
        while True:
            other = int(self.objects[rng.integers(len(self.objects))])
            if other != main and not held_out.pair(self.ids[main], self.ids[other]):
                return other

    def _paint(self, concept, row, background, rng, how_often):
        """A colour to paint a drawing in: always for one of a single ink, seldom for another; or None."""
        mono = self.drawings.mono[row]
        if not mono and (rng.random() >= how_often or self.groups[concept] not in OBJECT_GROUPS):
            return None
        if (mono and rng.random() < 0.35 and colours.far_enough('black', background)
                and not held_out.painted(self.ids[concept], 'black')):
            return 'black'
        fit = [one for one in colours.PAINTS
               if colours.far_enough(one, background) and not held_out.painted(self.ids[concept], one)]
        return fit[rng.integers(len(fit))]

    def _place(self, row, x, y, size, rng, paint):
        concept = self.drawings.concept[row]
        turn = rng.normal(0, 6) if rng.random() < 0.5 else 0.0
        flip = bool(not self.fixed[concept] and rng.random() < 0.3)
        placed = Placed(row, x, y, size, float(turn), flip, paint)
        if self.recipe.stretch:
            placed.stretch, placed.shear = float(np.exp(rng.normal(0, self.recipe.stretch))), float(rng.normal(0, self.recipe.stretch / 2))
        return placed

    @staticmethod
    def _background(rng):
        pattern = rng.choice(('plain', 'gradient', 'stripes', 'blobs', 'drawings'), p=(0.7, 0.12, 0.04, 0.09, 0.05))
        if pattern == 'plain' and rng.random() < 0.5:
            return 'white', pattern
        return colours.NAMES[rng.integers(len(colours.NAMES))], pattern

    @staticmethod
    def _spoken(colour, rng):
        words = colours.SYNONYMS.get(colour, (colour,))
        return words[rng.integers(len(words))]


def _spots(count, rng, even=True):
    """`count` places (x, y, size) that overlap little; of one size where `even`."""
    if count == 2:
        spots = [(0.27, 0.5), (0.73, 0.5)] if rng.random() < 0.6 else [(0.5, 0.27), (0.5, 0.73)]
        if not even and rng.random() < 0.5:
            spots.reverse()
        base = 0.54
    elif count == 3:
        spots = [[(0.2, 0.5), (0.5, 0.5), (0.8, 0.5)], [(0.28, 0.3), (0.72, 0.3), (0.5, 0.72)],
                 [(0.5, 0.28), (0.28, 0.72), (0.72, 0.72)]][rng.integers(3)]
        base = 0.32 if spots[1] == (0.5, 0.5) else 0.42
    elif count == 4:
        spots, base = [(0.27, 0.27), (0.73, 0.27), (0.27, 0.73), (0.73, 0.73)], 0.42
    else:
        spots, base = [(0.25, 0.25), (0.75, 0.25), (0.5, 0.5), (0.25, 0.75), (0.75, 0.75)], 0.33
    shrink = rng.uniform(0.8, 1.08)
    out = []
    for x, y in spots:
        size = base * shrink * (1 if even else rng.uniform(0.6, 1.1))
        out.append((x + rng.normal(0, 0.02), y + rng.normal(0, 0.03), size))
    return out
