"""Writes small grey copies of pictures, made with Pillow, for looks to be compared: `python tools/oracles/looks.py tests/fixtures/looks.json`.

`of` names what a copy shows: pages of text, dark frames, and pictures of the sample album as they are saved again.
"""
import base64
import io
import json
import random
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

SIDE = 32
# LOOK_VIEWS of src/search/duplicates/look.ts.
VIEWS = [(0, 0, 1, 1), (.015, .015, .985, .985), (.03, .03, .97, .97), (.03, .03, 1, 1), (0, 0, .97, .97), (.03, 0, 1, .97),
         (0, .03, .97, 1)]
ALBUM = Path(__file__).parents[2] / 'static/album'
FONT = ImageFont.load_default(15)


def thumbnail(picture):
    scale = min(1, 360 / min(picture.size))
    small = picture.convert('RGB').resize([max(1, round(side * scale)) for side in picture.size], Image.LANCZOS)
    file = io.BytesIO()
    small.save(file, 'JPEG', quality=80)
    return Image.open(file)


def page(seed):
    words = random.Random(seed)
    picture = Image.new('L', (600, 800), 255)
    draw = ImageDraw.Draw(picture)
    for y in range(40, 760, 20):
        line = ''
        while draw.textlength(line, FONT) < words.choice((300, 500, 510)):
            line += ''.join(words.choices('etaoinshrdlucmfw', k=words.randint(2, 9))) + ' '
        draw.text((40, y), line, fill=20, font=FONT)
    return picture


def dark(seed):
    noise = np.random.default_rng(seed)
    levels = noise.normal(6, 2, (480, 640, 3))
    y, x = np.mgrid[:480, :640]
    for _ in range(seed % 4):
        across, down, radius = noise.integers(50, 590), noise.integers(50, 430), noise.integers(5, 40)
        levels += (np.exp(-((x - across) ** 2 + (y - down) ** 2) / (2 * radius ** 2)) * noise.integers(3, 20))[..., None]
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def saved_again(picture):
    width, height = picture.size
    file = io.BytesIO()
    picture.save(file, 'JPEG', quality=30)
    yield picture
    yield Image.open(file)
    yield picture.resize((width // 2, height // 2))
    yield ImageEnhance.Brightness(picture).enhance(0.75)
    yield picture.crop((int(width * 0.015), int(height * 0.015), int(width * 0.985), int(height * 0.985)))


def looks():
    for seed in range(6):
        yield f'page {seed}', page(seed)
    for seed in range(6):
        yield f'dark frame {seed}', dark(seed)
    for path in sorted(ALBUM.glob('*.webp'))[:48:24]:
        for picture in saved_again(Image.open(path).convert('RGB')):
            yield path.name, picture
    yield 'white', Image.new('L', (400, 300), 255)
    yield 'black', Image.new('L', (400, 300), 0)


if __name__ == '__main__':
    entries = []
    for name, picture in looks():
        grey = thumbnail(picture).convert('L')
        width, height = grey.size
        views = [grey.resize((SIDE, SIDE), Image.BILINEAR, [left * width, top * height, right * width, bottom * height])
                 for left, top, right, bottom in (VIEWS if name.endswith('webp') else VIEWS[:1])]
        entries.append({'of': name, 'views': [base64.b64encode(view.tobytes()).decode() for view in views]})
    Path(sys.argv[1]).write_text(json.dumps(entries, indent=1) + '\n')
