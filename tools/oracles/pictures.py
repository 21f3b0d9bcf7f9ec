"""Writes unusual pictures that users may drop, with Pillow: `python tools/oracles/pictures.py tests/fixtures/pictures`."""
import struct
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw


def scene(width, height, mode='RGB'):
    picture = Image.linear_gradient('L').resize((width, height)).convert('RGB')
    draw = ImageDraw.Draw(picture)
    draw.rectangle([width // 5, height // 5, width // 2, height // 2], fill=(200, 40, 30))
    draw.ellipse([width // 2, height // 3, width * 9 // 10, height * 9 // 10], fill=(30, 80, 200))
    return picture.convert(mode)


def wide_profile():
    """A minimal ICC v2 RGB profile with the primaries of Adobe RGB and gamma 2.2."""
    def xyz(*values):
        return b'XYZ \0\0\0\0' + b''.join(struct.pack('>i', round(v * 65536)) for v in values)

    text = b'wide'
    tags = {
        b'desc': b'desc\0\0\0\0' + struct.pack('>I', len(text) + 1) + text + b'\0' + b'\0' * 78,
        b'cprt': b'text\0\0\0\0none\0',
        b'wtpt': xyz(0.9642, 1.0, 0.8249),
        b'rXYZ': xyz(0.6097, 0.3111, 0.0195), b'gXYZ': xyz(0.2053, 0.6257, 0.0609), b'bXYZ': xyz(0.1492, 0.0632, 0.7446),
        **{name: b'curv\0\0\0\0' + struct.pack('>IH', 1, round(2.2 * 256)) for name in (b'rTRC', b'gTRC', b'bTRC')},
    }
    table, body = struct.pack('>I', len(tags)), b''
    for name, data in tags.items():
        table += name + struct.pack('>II', 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data + b'\0' * (-len(data) % 4)
    header = bytearray(128)
    header[8:24] = b'\x02\x10\0\0mntrRGB XYZ '
    header[36:40] = b'acsp'
    header[68:80] = xyz(0.9642, 1.0, 0.8249)[8:]
    header[0:4] = struct.pack('>I', 128 + len(table) + len(body))
    return bytes(header) + table + body


target = Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
(target / 'empty.jpg').write_bytes(b'')
(target / 'text.jpg').write_bytes(b'These are words, not a picture.\n' * 20)
buffer = BytesIO()
scene(320, 240).save(buffer, 'JPEG', quality=85)
whole = buffer.getvalue()
(target / 'truncated.jpg').write_bytes(whole[: len(whole) // 3])
(target / 'cut-in-header.jpg').write_bytes(whole[:80])
scene(1, 1).save(target / 'one-pixel.png')
scene(12000, 100).save(target / 'panorama.png', optimize=True)
scene(200, 150, 'CMYK').save(target / 'cmyk.jpg', quality=85)
frames = [scene(120, 90).rotate(angle) for angle in (0, 30, 60)]
frames[0].save(target / 'animated.gif', save_all=True, append_images=frames[1:], duration=100, loop=0)
scene(200, 150).save(target / 'picture.webp', quality=80)
scene(200, 150).save(target / 'picture.avif', quality=60)
exif = Image.Exif()
exif[0x0112] = 6
scene(300, 200).save(target / 'exif-6.jpg', quality=85, exif=exif)
(target / 'drawing.svg').write_text(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><rect width="60" height="40" fill="#fe8"/>'
    '<circle cx="30" cy="20" r="12" fill="#27a"/></svg>\n')
Image.new('RGB', (32, 32), (200, 40, 30)).save(target / 'wide-gamut.png', icc_profile=wide_profile())
