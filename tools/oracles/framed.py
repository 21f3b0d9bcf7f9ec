"""Writes tests/fixtures/framed.json: parts of a picture, whose edges lie between pixels, resized by Pillow's `box`.

`source`: grey noise, `[height, width]`, base64. Each of `cases`: the box, the size it is resized to, the filter, and the pixels, base64.

    python tools/oracles/framed.py
"""

import base64
import json
import pathlib

import numpy
from PIL import Image

WIDTH, HEIGHT = 41, 31
FIXTURE = pathlib.Path(__file__).parents[2] / 'tests/fixtures/framed.json'

# As frames at n/8 have them, whose last or, turned, first column and row reach beyond the picture.
CASES = [
    ((0, 0, 40.125, 30.625), (24, 18), 'bicubic'),
    ((0.875, 0.375, 41, 31), (24, 18), 'bicubic'),
    ((0, 0.5, 40.5, 31), (12, 7), 'bicubic'),
    ((0, 0, 40.125, 30.625), (40, 31), 'bicubic'),
    ((0, 0, 40.125, 30.625), (41, 31), 'bicubic'),
    ((0.25, 0, 41, 30.25), (60, 50), 'bicubic'),
    ((0, 0, 40.125, 30.625), (10, 8), 'bilinear'),
]


def text(array):
    return base64.b64encode(array.tobytes()).decode()


def main():
    noise = numpy.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH), numpy.uint8)
    picture = Image.fromarray(noise)
    cases = []
    for box, size, interpolation in CASES:
        resized = picture.resize(size, Image.Resampling[interpolation.upper()], box)
        cases.append({
            'box': box,
            'size': size,
            'interpolation': interpolation,
            'pixels': text(numpy.asarray(resized)),
        })
    fixture = {'width': WIDTH, 'height': HEIGHT, 'source': text(noise), 'cases': cases}
    FIXTURE.write_text(json.dumps(fixture, indent=1) + '\n')


if __name__ == '__main__':
    main()
