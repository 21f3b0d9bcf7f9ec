"""Writes small pictures that browsers read differently, and what Pillow reads: `python tools/oracles/plain_pictures.py tests/fixtures/plain-pictures.json`.

`turned`: WebP and PNG with each EXIF orientation, and pictures with an orientation that is not written as usual, and the upright RGB pixels. `coloured`: pictures with colour profiles, their pixels as
stored and the same converted to sRGB. `unmarked`: JPEG files by how they end, and whether Pillow reads them. `grounds`: white and black
drawings on a clear ground.
"""
import base64
import io
import json
import struct
import sys
import zlib
from pathlib import Path

from PIL import Image, ImageCms, ImageDraw, ImageOps, PngImagePlugin

from wide_profile import wide_profile



def saved(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def text(data):
    return base64.b64encode(data).decode()


def opened(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def colours(width, height):
    picture = Image.new('RGB', (width, height))
    picture.putdata([(20 + 37 * x % 200, 30 + 53 * y % 200, (x * 5 + y * 11) * 7 % 256) for y in range(height) for x in range(width)])
    return picture


def turned():
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        for kind, options in (('WEBP', {'lossless': True}), ('PNG', {})):
            file = saved(colours(7, 4), kind, exif=exif, **options)
            yield upright(f'{kind} {orientation}', orientation, file)
    for kind, options in (('JPEG', {'quality': 100, 'subsampling': 0}), ('PNG', {}), ('WEBP', {'lossless': True})):
        for name, order, tag_type, count in (('a LONG', '<', 4, 1), ('a BYTE', '>', 1, 1), ('two SHORTs', '>', 3, 2)):
            value = struct.pack({1: '>Bxxx', 3: '>HH', 4: '<I'}[tag_type], *[6] * count)
            entry = struct.pack(order + 'HHI', 0x0112, tag_type, count) + value
            mark = b'II*\0' if order == '<' else b'MM\0*'
            exif = b'Exif\0\0' + mark + struct.pack(order + 'IH', 8, 1) + entry + bytes(4)
            yield upright(f'{kind}, EXIF with {name}', 1 if tag_type == 1 else 6, saved(colours(7, 4), kind, exif=exif, **options))
        for name, xmp in (('an attribute', b'<x tiff:Orientation="6"/>'), ('an element', b'<tiff:Orientation>6</tiff:Orientation>')):
            xmp_options = {'pnginfo': png_xmp(xmp)} if kind == 'PNG' else {'xmp': xmp}
            yield upright(f'{kind}, XMP with {name}', 6, saved(colours(7, 4), kind, **xmp_options, **options))


def png_xmp(xmp):
    made = PngImagePlugin.PngInfo()
    made.add_itxt('XML:com.adobe.xmp', xmp.decode())
    return made


def upright(name, orientation, file):
    picture = ImageOps.exif_transpose(opened(file)).convert('RGB')
    return {'name': name, 'orientation': orientation, 'file': text(file),
            'width': picture.width, 'height': picture.height, 'rgb': text(picture.tobytes())}


def animated():
    frames = [colours(7, 4), Image.new('RGB', (7, 4), (9, 200, 30)), Image.new('RGB', (7, 4), (200, 9, 30))]
    for name, is_default in (('whose picture is no frame', True), ('whose picture is its first frame', False)):
        file = saved(frames[0], 'PNG', save_all=True, append_images=frames[1:], duration=100, default_image=is_default)
        yield upright(f'a PNG {name}', 1, file)


def with_chunk(png, name, data):
    chunk = struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))
    return png[:33] + chunk + png[33:]


def coloured():
    profile = wide_profile()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB'))
    flat = Image.new('RGB', (24, 16), (83, 168, 77))
    converted = ImageCms.profileToProfile(flat, ImageCms.ImageCmsProfile(io.BytesIO(profile)), srgb)
    shown = converted.getpixel((0, 0))
    # cICP: primaries of Display P3, sRGB's curve; gAMA: linear.
    plain = saved(flat, 'PNG')
    files = {
        'JPEG with a profile': (saved(flat, 'JPEG', quality=95, icc_profile=profile), shown),
        'PNG with a profile': (saved(flat, 'PNG', icc_profile=profile), shown),
        'WebP with a profile': (saved(flat, 'WEBP', lossless=True, icc_profile=profile), shown),
        'PNG with another gamma': (with_chunk(plain, b'gAMA', struct.pack('>I', 55_000)), None),
        'PNG with code points': (with_chunk(plain, b'cICP', bytes([12, 13, 0, 1])), None),
        'JPEG with the profile sRGB': (saved(flat, 'JPEG', quality=95, icc_profile=srgb.tobytes()), (83, 168, 77)),
        'JPEG without a profile': (saved(flat, 'JPEG', quality=95), (83, 168, 77)),
    }
    for name, (file, shown) in files.items():
        yield {'name': name, 'file': text(file), 'stored': opened(file).convert('RGB').getpixel((12, 8)), 'shown': shown}


def is_read(data):
    try:
        opened(data)
        return True
    except OSError:
        return False


def unmarked():
    picture = colours(8, 6).resize((61, 45))
    kinds = {
        'colour': {'quality': 80}, 'colour 4:4:4': {'quality': 90, 'subsampling': 0}, 'optimised': {'quality': 60, 'optimize': True},
        'with restarts': {'quality': 80, 'restart_marker_blocks': 3}, 'grey': {'quality': 80}, 'four inks': {'quality': 80},
        'progressive': {'quality': 80, 'progressive': True},
    }
    modes = {'grey': 'L', 'four inks': 'CMYK'}
    trailer = b'\0\0\x30\x0a' + bytes(range(200)) + b'SEFT'
    for name, options in kinds.items():
        whole = saved(picture.convert(modes.get(name, 'RGB')), 'JPEG', **options)
        assert whole.endswith(b'\xff\xd9')
        data = whole[:-2]
        ends = {'an end mark': whole, 'a mark and more': whole + trailer, 'no mark': data, 'no mark but more': data + trailer,
                'half its data': whole[:len(whole) * 2 // 3], 'half its data and more': whole[:len(whole) * 2 // 3] + trailer[:40]}
        for end, file in ends.items():
            yield {'name': f'{name}, {end}', 'file': text(file), 'isRead': is_read(file),
                   'scanEnd': None if name == 'progressive' or 'half' in end else len(data)}


def grounds():
    for name, colour in (('white', (255, 255, 255)), ('pale', (240, 244, 232)), ('black', (0, 0, 0)), ('red', (200, 40, 30))):
        for shape in ('ellipse', 'rectangle'):
            picture = Image.new('RGBA', (96, 64))
            getattr(ImageDraw.Draw(picture), shape)([20, 10, 70, 50], outline=(*colour, 255), width=3)
            yield {'name': f'{name} {shape}', 'file': text(saved(picture, 'PNG')), 'isPale': name in ('white', 'pale')}
    yield {'name': 'white, opaque', 'file': text(saved(Image.new('RGB', (96, 64), (255, 255, 255)), 'PNG')), 'isPale': False}
    yield {'name': 'clear', 'file': text(saved(Image.new('RGBA', (96, 64)), 'PNG')), 'isPale': False}


Path(sys.argv[1]).write_text(json.dumps({name: list(make()) for name, make in (
    ('turned', turned), ('animated', animated), ('coloured', coloured), ('unmarked', unmarked), ('grounds', grounds))}, indent=1) + '\n')
