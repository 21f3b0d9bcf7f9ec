"""Writes pictures with camera metadata, by Pillow: `python tools/oracles/metadata.py tests/fixtures/metadata`."""
import sys
from pathlib import Path

from PIL import Image

EXIF, GPS = 0x8769, 0x8825
MAKE, MODEL, TAKEN, CREATED = 271, 272, 36867, 36868


def picture(folder, name, main, exif=None, gps=None):
    metadata = Image.Exif()
    for tag, value in main.items():
        metadata[tag] = value
    for block, values in ((EXIF, exif), (GPS, gps)):
        for tag, value in (values or {}).items():
            metadata.get_ifd(block)[tag] = value
    Image.new('RGB', (16, 8), (90, 120, 60)).save(folder / name, exif=metadata)


if __name__ == '__main__':
    out = Path(sys.argv[1])
    south_west = {1: 'S', 2: (33.0, 51.0, 36.0), 3: 'W', 4: (70.0, 30.0, 0.0)}
    picture(out, 'camera.jpg', {MAKE: 'Canon', MODEL: 'Canon EOS R6'}, {TAKEN: '2024:05:31 18:02:11'}, south_west)
    picture(out, 'phone.jpg', {MAKE: 'Google', MODEL: 'Pixel 8'}, {CREATED: '2023:12:24 20:00:00'})
    picture(out, 'unset-clock.jpg', {MODEL: 'C-1'}, {TAKEN: '0000:00:00 00:00:00'}, {1: 'N', 2: (0.0, 0.0, 0.0), 3: 'E', 4: (0.0, 0.0, 0.0)})
