"""Writes odd metadata and what exiftool reads in it: `python tools/oracles/odd_metadata.py tests/fixtures/metadata`.

`odd.json` holds EXIF with dates and places as cameras and editors write them, each as a whole file without a picture.
`xmp.*` and `iptc.jpg` are the files `exiftool.*` with XMP or IPTC in place of their EXIF. Needs exiftool.
"""
import json
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ASCII, LONG, RATIONAL, SIGNED_RATIONAL = 2, 4, 5, 10
DATES = [
    '2015:02:30 10:00:00', '2015:02:29 01:02:03', '2016:02:29 01:02:03', '2015:13:01 00:00:00', '2015:02:00 10:00:00',
    '2015:04:31 10:00:00', '2015:02:01 24:10:00', '2015:02:01 14:60:00', '2015:02:01 14:42:60', '2015:02:01 14:42',
    '2015:02:01', '2015: 2: 1 14:42:59', '2015:2:1 4:2:9', '2015-02-01T14:42:59', '2015/02/01 14:42:59',
    '2015:02:01 14:42:59.50', '2015:02:01  14:42:59', '0000:00:00 00:00:00', '    :  :     :  :  ',
    '2015.02.01 14:42:59', '2015:02:01 14.42.59', '2015:02:01 14-42-59', '2015:02:01,14:42:59', '2015 02 01 14:42:59',
]
SOUTH, WEST = ((33, 1), (51, 1), (36, 1)), ((70, 1), (30, 1), (0, 1))
PLACES = [
    ('S', SOUTH, 'W', WEST), ('s', SOUTH, 'w', WEST), ('South', SOUTH, 'West', WEST), ('n', SOUTH, 'e', WEST),
    (None, SOUTH, None, WEST), (None, SOUTH, 'W', WEST), ('S', SOUTH, None, WEST),
    ('S', ((3386, 100),), 'W', ((7050, 100),)), ('S', ((33, 1), (516, 10)), 'W', ((70, 1), (30, 1))),
    ('S', ((-3386, 100),), 'W', ((-7050, 100),)),
]


def text(value):
    data = value.encode() + b'\0'
    return ASCII, len(data), data


def rationals(pairs):
    signed = any(value < 0 for pair in pairs for value in pair)
    data = b''.join(struct.pack('<ii' if signed else '<II', *pair) for pair in pairs)
    return SIGNED_RATIONAL if signed else RATIONAL, len(pairs), data


def directory(tags, start):
    entries, data = struct.pack('<H', len(tags)), b''
    at = start + 2 + 12 * len(tags) + 4
    for tag, (kind, count, value) in sorted(tags.items()):
        entries += struct.pack('<HHI', tag, kind, count)
        entries += value.ljust(4, b'\0') if len(value) <= 4 else struct.pack('<I', at + len(data))
        data += value + b'\0' * (len(value) % 2) if len(value) > 4 else b''
    return entries + bytes(4) + data


def file(pointer, tags):
    """A JPEG file that ends after its EXIF, whose only directory besides the first is at `pointer`."""
    tags = {tag: value for tag, value in tags.items() if value}
    first = directory({pointer: (LONG, 1, struct.pack('<I', 8 + 18))}, 8)
    exif = b'Exif\0\0II*\0\x08\0\0\0' + first + directory(tags, 8 + len(first))
    return b'\xff\xd8\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif + b'\xff\xd9'


def exiftool(*arguments):
    return subprocess.run(['exiftool', *arguments], check=True, capture_output=True, text=True, env={'TZ': 'UTC'}).stdout


def read(data):
    with tempfile.NamedTemporaryFile(suffix='.jpg') as made:
        made.write(data)
        made.flush()
        tags = ('-DateTimeOriginal', '-Composite:GPSLatitude#', '-Composite:GPSLongitude#')
        found = json.loads(exiftool('-json', '-d', '%s', *tags, made.name))[0]
    taken = found.get('DateTimeOriginal')
    # What exiftool cannot make a time of, it gives as it is written.
    number = 1000 * taken if isinstance(taken, int) else None
    place = [found.get('GPSLatitude'), found.get('GPSLongitude')]
    return {'taken': number, 'place': place if None not in place else None, 'file': data.hex()}


def without_exif(folder, out):
    xmp = ['-XMP-exif:DateTimeOriginal=2021:07:04 09:08:07-03:30', '-XMP-exif:GPSLatitude=-33.86',
           '-XMP-exif:GPSLongitude=-70.5', '-XMP-tiff:Make=Lumigraph', '-XMP-tiff:Model=Vesper 2']
    iptc = ['-IPTC:DateCreated=2021:07:04', '-IPTC:TimeCreated=09:08:07-03:30']
    named = [(f'xmp{source.suffix}', source, xmp) for source in sorted(folder.glob('exiftool.*'))]
    for name, source, tags in [*named, ('iptc.jpg', folder / 'exiftool.jpg', iptc)]:
        shutil.copy(source, out / name)
        # In two steps: in one, exiftool writes no XMP to JPEG XL.
        for step in (['-all='], tags):
            exiftool('-q', '-overwrite_original', '-api', 'Compact=NoPadding', *step, str(out / name))


if __name__ == '__main__':
    target = Path(sys.argv[1])
    dates = {date: read(file(0x8769, {0x9003: text(date)})) for date in DATES}
    places = [
        {'written': place, **read(file(0x8825, {1: place[0] and text(place[0]), 2: rationals(place[1]),
                                                3: place[2] and text(place[2]), 4: rationals(place[3])}))}
        for place in PLACES
    ]
    (target / 'odd.json').write_text(json.dumps({'dates': dates, 'places': places}, indent=1) + '\n')
    without_exif(target, target)
