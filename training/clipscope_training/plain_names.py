"""How plain names do: "a NAME" over one picture of each everyday thing, style by style, and over the sample album.

    python -m clipscope_training.plain_names CHECKPOINT [--data data] [--album ../static/album] [--worst 20]

CHECKPOINT is a folder in OpenCLIP hub form of a built-in size, or a saved state of a run (RUNS/SIZE-SEED/NAME.pt). For each
style: `found`, the part of names whose best picture is one of that thing, and `named`, the part of pictures whose best name,
of those of all everyday things, is theirs. Last, which names find another thing in an unseen style.
"""
import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn.functional import normalize

from .drawings import Drawings, read_concepts
from .grid import WEIGHTS
from .model import Towers, build
from .sizes import IMAGE_SIZE
from .tokenizer import Ids
from .words import Nouns, with_article

EVERYDAY = Path(__file__).parent.parent / 'drawings' / 'everyday.txt'
UNSEEN = ('noto-v1', 'openmoji')


def towers_of(checkpoint):
    """The towers of a checkpoint folder (…/clipscope-SIZE) or of a run's state (…/SIZE-SEED/NAME.pt)."""
    if checkpoint.is_dir():
        towers = Towers(build(checkpoint.resolve().name[-1]))
        towers.model.load_state_dict(load_file(checkpoint / WEIGHTS))
    else:
        towers = Towers(build(checkpoint.resolve().parent.name[0]))
        towers.load_state_dict(torch.load(checkpoint, weights_only=True)['towers'])
    return towers.eval()


def everyday_things(concepts):
    """Indices of the first part of everyday.txt, which the evaluation asks for too."""
    asked = {line.split(' = ')[0] for line in EVERYDAY.read_text().split('\n\n')[0].split('\n') if ' = ' in line}
    return [c for c, one in enumerate(concepts) if one['name'] in asked]


@torch.no_grad()
def text_rows(towers, ids, texts):
    return normalize(towers.text(torch.from_numpy(ids(texts))).float(), dim=-1)


@torch.no_grad()
def picture_rows(towers, pictures):
    """[n, 3, 96, 96] in 0..1 -> [n, dim] unit rows."""
    return torch.cat([normalize(towers.image(block).float(), dim=-1) for block in pictures.split(128)])


def on_white(drawings, rows):
    block = torch.from_numpy(np.array(drawings.level(0)[rows])).permute(0, 3, 1, 2).float() / 255
    return block[:, :3] + 1 - block[:, 3:]


def one_of_each(drawings, things):
    """{style: rows}: of each thing the first drawing that is neither outlined anew nor bare."""
    styles = {}
    for thing in things:
        for row in drawings.of_concept[thing] if thing < len(drawings.of_concept) else []:
            if drawings.rows[row]['manner'] == 'plain':
                styles.setdefault(drawings.rows[row]['set'], {}).setdefault(thing, row)
    return {style: np.array(list(rows.values())) for style, rows in styles.items() if len(rows) > len(things) / 2}


def by_style(towers, texts, drawings, things):
    """{style: {found, named, things}}, and for each style the (name, found instead) of the names that fail."""
    figures, wrong = {}, {}
    at = {thing: index for index, thing in enumerate(things)}
    for style, rows in one_of_each(drawings, things).items():
        shown = torch.tensor([at[c] for c in drawings.concept[rows]])
        scores = picture_rows(towers, on_white(drawings, rows)) @ texts.T
        best = shown[scores[:, shown].argmax(0)]
        figures[style] = {'found': (best == shown).float().mean().item(),
                          'named': (scores.argmax(1) == shown).float().mean().item(), 'things': len(rows)}
        wrong[style] = [(things[a], things[b]) for a, b in zip(shown.tolist(), best.tolist(), strict=True) if a != b]
    return figures, wrong


def over_album(towers, ids, album, noun_of):
    """The part of the album's things that "a NAME" puts a picture of first; of those shown in unseen styles alone, and of those
    never shown alone; and the part of captions whose own picture comes first."""
    listed = json.loads((album / 'captions.json').read_text())
    pictures = torch.stack([_prepared(album / one['file']) for one in listed])
    names = sorted({thing['name'] for one in listed for thing in one['objects']})
    rows = picture_rows(towers, pictures)
    scores = text_rows(towers, ids, [with_article(noun_of.get(name, name)) for name in names]) @ rows.T
    captions = text_rows(towers, ids, [one['caption'] for one in listed]) @ rows.T
    shows = [{thing['name'] for thing in one['objects']} for one in listed]
    first = {name: name in shows[best] for name, best in zip(names, scores.argmax(1).tolist(), strict=True)}

    def found(where):
        """Of the names whose every picture is one `where` says."""
        chosen = [name for name in names if all(where(one) for one, shown in zip(listed, shows, strict=True) if name in shown)]
        return float(np.mean([first[name] for name in chosen]))

    return {'found': found(lambda one: True), 'in unseen styles': found(lambda one: one['style'] in UNSEEN),
            'beside others': found(lambda one: len(one['objects']) > 1), 'things': len(names),
            'captions': (captions.argmax(1) == torch.arange(len(listed))).float().mean().item(),
            'missed': [name for name in names if not first[name]]}


def _prepared(file):
    """[3, 96, 96]: the shorter side to 96 with Pillow's bicubic filter, then the middle."""
    picture = Image.open(file).convert('RGB')
    scale = IMAGE_SIZE / min(picture.size)
    picture = picture.resize([round(side * scale) for side in picture.size], Image.Resampling.BICUBIC)
    left, top = ((side - IMAGE_SIZE) // 2 for side in picture.size)
    picture = picture.crop((left, top, left + IMAGE_SIZE, top + IMAGE_SIZE))
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255


def measured(towers, ids, data, album):
    """Everything that is printed, and the failures by unseen style."""
    concepts = read_concepts(data)
    nouns, things = Nouns(concepts), everyday_things(concepts)
    texts = text_rows(towers, ids, [with_article(nouns.everyday(c)) for c in things])
    seen, _ = by_style(towers, texts, Drawings(data, 'trained'), things)
    unseen, wrong = by_style(towers, texts, Drawings(data, 'held-out'), things)
    everyday = {one['name']: nouns.everyday(c) for c, one in enumerate(concepts)}
    mean = {key: float(np.mean([one[key] for one in seen.values()])) for key in ('found', 'named')}
    failures = Counter((nouns.everyday(a), nouns.everyday(b)) for pairs in wrong.values() for a, b in pairs)
    return {'seen': mean, **unseen, 'album': over_album(towers, ids, album, everyday)}, seen, failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--data', type=Path, default=Path('data'))
    parser.add_argument('--album', type=Path, default=Path('../static/album'))
    parser.add_argument('--worst', type=int, default=20)
    options = parser.parse_args()
    towers = towers_of(options.checkpoint)
    figures, seen, failures = measured(towers, Ids(options.data / 'tokenizer.json'), options.data, options.album)
    for name, row in {**seen, **figures}.items():
        print(name, json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}))
    print('found instead:', ', '.join(f'{a} -> {b}' + (f' ({n})' if n > 1 else '') for (a, b), n in failures.most_common(options.worst)))


if __name__ == '__main__':
    main()
