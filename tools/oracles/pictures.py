"""Writes unusual pictures that users may drop, with Pillow: `python tools/oracles/pictures.py tests/fixtures/pictures`."""
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from wide_profile import wide_profile


def scene(width, height, mode='RGB'):
    picture = Image.linear_gradient('L').resize((width, height)).convert('RGB')
    draw = ImageDraw.Draw(picture)
    draw.rectangle([width // 5, height // 5, width // 2, height // 2], fill=(200, 40, 30))
    draw.ellipse([width // 2, height // 3, width * 9 // 10, height * 9 // 10], fill=(30, 80, 200))
    return picture.convert(mode)


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
