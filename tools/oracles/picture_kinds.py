"""Writes small pictures of kinds that decoders read differently, and what OpenCLIP's transform makes of them:

    python tools/oracles/picture_kinds.py tests/fixtures/picture-kinds

Needs open_clip_torch, torchvision and Pillow. The folder has the layout of the golden fixtures, so that
`npm run conformance -- --fixtures tests/fixtures/picture-kinds` runs it.
"""
import gzip
import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

import torchvision_schemas  # noqa: F401
from open_clip.transform import image_transform  # noqa: E402

WIDTH, HEIGHT = 43, 29
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
# Adam7 (PNG specification, 8.2): first column and row of each pass, and the steps between its columns and rows.
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CASES = [(32, 'shortest', 'bicubic', 0), (16, 'longest', 'bilinear', 77)]


def png(samples, kind, depth, chunks=(), interlaced=False):
    """A PNG file of `samples`, [height, width, channels], written here because Pillow writes few of these kinds."""
    def rows(part):
        for row in part:
            values = row.reshape(-1)
            if depth == 16:
                yield b'\0' + values.astype('>u2').tobytes()
            else:
                bits = np.unpackbits(values.astype(np.uint8)[:, None], axis=1)[:, 8 - depth:]
                yield b'\0' + np.packbits(bits.reshape(-1)).tobytes()

    passes = [samples[top::down, left::right] for left, top, right, down in ADAM7] if interlaced else [samples]
    data = zlib.compress(b''.join(row for part in passes if part.size for row in rows(part)), 9)
    header = struct.pack('>IIBBBBB', samples.shape[1], samples.shape[0], depth, kind, 0, 0, interlaced)
    every = [(b'IHDR', header), *chunks, (b'IDAT', data), (b'IEND', b'')]
    return b'\x89PNG\r\n\x1a\n' + b''.join(
        struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body)) for name, body in every)


def write_pictures(folder):
    random = np.random.default_rng(7)

    def samples(kind, depth, limit=None):
        return random.integers(0, limit or 2 ** depth, (HEIGHT, WIDTH, CHANNELS[kind]))

    palette = random.integers(0, 256, 16 * 3, np.uint8).tobytes()
    files = {
        'rgb-16bit.png': png(samples(RGB, 16), RGB, 16),
        'rgba-16bit.png': png(samples(RGB_ALPHA, 16), RGB_ALPHA, 16),
        'grey-alpha-16bit.png': png(samples(GREY_ALPHA, 16), GREY_ALPHA, 16),
        'grey-4bit.png': png(samples(GREY, 4), GREY, 4),
        'grey-2bit.png': png(samples(GREY, 2), GREY, 2),
        'grey-1bit.png': png(samples(GREY, 1), GREY, 1),
        'grey-4bit-interlaced.png': png(samples(GREY, 4), GREY, 4, interlaced=True),
        'rgb-16bit-interlaced.png': png(samples(RGB, 16), RGB, 16, interlaced=True),
        'rgb-with-clear-colour.png': png(samples(RGB, 8, 4), RGB, 8, [(b'tRNS', struct.pack('>HHH', 1, 2, 3))]),
        'grey-with-clear-level.png': png(samples(GREY, 4), GREY, 4, [(b'tRNS', struct.pack('>H', 5))]),
        'palette-4bit.png': png(samples(PALETTE, 4), PALETTE, 4, [(b'PLTE', palette), (b'tRNS', bytes(range(0, 160, 10)))]),
        'palette-2bit.png': png(samples(PALETTE, 2), PALETTE, 2, [(b'PLTE', palette[:12])]),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    rgba = Image.fromarray(samples(RGB_ALPHA, 8).astype(np.uint8), 'RGBA')
    rgba.save(folder / 'rgba.webp', lossless=True, exact=True)
    rgba.convert('RGB').save(folder / 'rgb.webp', lossless=True)
    few = rgba.convert('RGB').quantize(11)
    few.save(folder / 'palette.gif')
    few.save(folder / 'palette-with-clear-colour.gif', transparency=3)
    rgba.convert('RGB').quantize(256).save(folder / 'palette-256.gif', interlace=1)
    rgba.convert('L').save(folder / 'grey.gif')
    rgba.convert('L').save(folder / 'grey.jpg', quality=90)
    few.save(folder / 'palette.bmp')
    for depth in (1, 4):
        chunks = [(b'PLTE', palette[:3 * 2 ** depth])]
        data = png(samples(PALETTE, depth), PALETTE, depth, chunks, interlaced=True)
        (folder / f'palette-{depth}bit-interlaced.png').write_bytes(data)


def transformed(picture, size, resize_mode, interpolation, fill_color):
    transform = image_transform(size, False, resize_mode=resize_mode, interpolation=interpolation, fill_color=fill_color)
    for step in transform.transforms[:-2]:  # all but ToTensor and Normalize
        picture = step(picture)
    return picture


def write_index(folder):
    images, cases = {}, []
    for path in sorted((folder / 'images').iterdir()):
        picture = Image.open(path)
        picture.load()
        alpha = picture.mode in ('RGBA', 'LA')
        decoded = f'decoded/{path.name}.{"rgba" if alpha else "rgb"}.gz'
        (folder / decoded).write_bytes(gzip.compress(picture.convert('RGBA' if alpha else 'RGB').tobytes(), 9, mtime=0))
        images[path.name] = {'format': picture.format, 'pil_mode': picture.mode, 'width': picture.width,
                             'height': picture.height, 'decoded': decoded, 'exif_orientation': None}
        for size, resize_mode, interpolation, fill_color in CASES:
            result = transformed(picture, size, resize_mode, interpolation, fill_color)
            expected = f'expected/{path.name}.{resize_mode}.png'
            result.save(folder / expected)
            cases.append({'image': path.name, 'variant': 'reference', 'size': size, 'resize_mode': resize_mode,
                          'interpolation': interpolation, 'fill_color': fill_color, 'expected': expected,
                          'sha256': hashlib.sha256(result.tobytes()).hexdigest()})
    index = {'mean': [0, 0, 0], 'std': [1, 1, 1], 'images': images, 'cases': cases}
    (folder / 'index.json').write_text(json.dumps(index, indent=1) + '\n')


if __name__ == '__main__':
    target = Path(sys.argv[1]) / 'preprocess'
    for part in ('images', 'decoded', 'expected'):
        (target / part).mkdir(parents=True, exist_ok=True)
    write_pictures(target / 'images')
    write_index(target)
