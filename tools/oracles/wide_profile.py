"""A small colour profile for test pictures."""
import struct


def wide_profile():
    """A minimal ICC v2 RGB profile with the primaries of Adobe RGB and gamma 2.2."""
    def xyz(*values):
        return b'XYZ \0\0\0\0' + b''.join(struct.pack('>i', round(v * 65536)) for v in values)

    tags = {
        b'desc': b'desc\0\0\0\0' + struct.pack('>I', 5) + b'wide\0' + b'\0' * 78,
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
