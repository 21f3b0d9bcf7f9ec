"""Golden file of OpenCLIP's text cleaning: tests/fixtures/tokenizer/cleaning.json.

    python tools/oracles/cleaning.py [COUNT] [SEED] [FILE]

Needs open_clip_torch and ftfy. Strings in which ftfy repairs mojibake are omitted and counted as `skipped`:
Clipscope leaves mojibake alone. Random characters are drawn from this Python's Unicode version.
"""
import html
import json
import random
import sys
import unicodedata

import ftfy
from open_clip import tokenizer

LISTED = [
    '', ' ', '\n', 'a photo of a cat', '  A  Photo\tOf\nA CAT. ', 'fish &amp;amp; chips', 'AT&T &notanentity; &copy 2024',
    '&lt;3 & <3', 'a &lt; b', 'a < b &eacute; &amp;', '&eacute;\n<b>\n&eacute;', '&ltb&gt;', '<x>\n&EACUTE;', '&EACUTE;', '&SZLIG;',
    '&FRAC12; &NBSP;x', '&nTILDE;', '&CounterClockwiseContourIntegral;', '&#65;&#x42;&#X43', '&#0;&#11;x&#x80;&#xd800;',
    '&#1114112; &#99999999999999999999;', '&#59;&#x3b;', '&amp;#59;', '&#12ab;', '<&#xfeff;>', '<e&#x301;>', '<&#x85;&#31;>',
    '\x85', 'a\x80b', '\x81\x8d\x8f\x90\x9d', 'line\u2028sep\u2029next\x0bvt\x0cff\r\ncr\rx', '\x1b[31mred\x1b[0m \x1b[1;٣mx',
    '\x1b\ufeff[0mx', '\ud83d\ude00', '\ud83d', '\ude00\ud83d', '\ud83d\x00\ude00', 'ﬁne ﬂuﬀy oﬃce ﬅ ﬆ', 'ŉ Ĳ ǅ Ǳ', 'ＬＯＵＤ　ＮＯＩＳＥ', 'ｶﾞﾀﾞ ￣ ￤ ﾡ',
    '‘a’ “b” ʼc ‛d ‟e', 'e\u0301 A\u030a \u1100\u1161', '\u0344 \u212b \u2126', 'ΟΔΟΣ ΣΑΣ Σ', 'ΑΣ\u0301', 'ΑΣ.Β ΑΣ.', 'İstanbul İ', 'ẞ K Å ſ',
    '\ufeffx\ufeff', '\u200bx\u200b', '\x1cx\x1d \x1ey\x1f', '\xa0\u1680\u2003\u202f\u205f\u3000x', 'a_b-c.d!', '___', "it's {x} [y]", '，。',
    'a\u206ab\ufff9c\ufffcd\x7f', '\U0001f3f4\U000e0067\U000e007f', '\U0001d173', 'x\x00\x01\x08\x0e', 'null', '&', '&;', '&#;', '&#x;',
]
PIECES = (
    ['&amp;', '&AMP;', '&amp', '&lt;', '&lt', '&gt;', '&quot;', '&eacute;', '&EACUTE;', '&eacute', '&szlig;', '&SZLIG;', '&hellip;',
     '&rsquo;', '&nbsp;', '&zwj;', '&NotEqualTilde;', '&fjlig;', '&FJLIG;', '&notin;', '&notit;', '&COPY', '&trade;', '&TRADE;',
     '&#39;', '&#x1F600;', '&#128;', '&#x9f;', '&#x81;', '&#7;', '&#x110000;', '&#xD83D;', '&#59', '&#', '&', '#', ';', '<', '>',
     '\x1b[', '0;1', 'm', '\x1b[0m', '\r\n', '\n', '\r', '_', "'", '"', '.', ',', ' ', '  ', '\t', '\x0b', '\x0c', '\x85', '\xa0',
     '\u2028', '\u2029', '\u3000', '\ufeff', '\u200b', '\u200c', '\u200d', '\xad', '\u0301', '\u0308', '\u0327', '\u0345', '\u3099', '\uff9e',
     '\ud83d', '\ude00', '\ufffd', '\x00', '\x1a', '\x7f', '\x80', '\x92', '\x9d', 'Σ', 'ς', 'σ', 'İ', 'ı', 'ſ', 'K', 'Å', 'ß', 'ẞ',
     'ﬁ', 'ﬅ', 'ŉ', 'ǅ', 'ĳ', '‘', '’', '“', '”', 'ʼ', 'é', 'ö', 'Å', 'e', 'A', 'cat', 'Photo', '1', '²', '½', 'Ⅷ', 'ⓐ', '가', '각', 'ᄀ',
     'ᅡ', '猫', 'カ', 'ｶ', 'Ａ', '！', 'ไ', 'ร', 'ू', 'ह', '\U0001f600', '\U0001f3fd', '\ufe0f', '\U0001d54f', '\U00010400', '\U0010ffff']
)


def cleaned(text, repair=True):
    basic = html.unescape(html.unescape(ftfy.fix_text(text, fix_encoding=repair))).strip()
    return {
        'lower': tokenizer.whitespace_clean(basic).lower(),
        'whitespace': tokenizer.whitespace_clean(basic),
        'canonicalize': tokenizer.canonicalize_text(basic),
    }


def random_string(rng, assigned):
    def piece():
        draw = rng.random()
        if draw < 0.75:
            return rng.choice(PIECES)
        if draw < 0.9:
            return chr(rng.randrange(0x20, 0x250))
        return chr(rng.choice(assigned))

    return ''.join(piece() for _ in range(rng.randrange(1, 13)))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    assigned = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ('Cn', 'Co')]
    strings, skipped, queue = [], 0, list(LISTED)
    while len(strings) < count:
        text = queue.pop(0) if queue else random_string(rng, assigned)
        expected = cleaned(text)
        assert expected == {kind: tokenizer.get_clean_fn(kind)(text) for kind in expected}
        if expected == cleaned(text, repair=False):
            strings.append({'text': text, **expected})
        else:
            skipped += 1
    made_with = {'ftfy': ftfy.__version__, 'python': sys.version.split()[0], 'unicode': unicodedata.unidata_version}
    lines = ',\n'.join(json.dumps(string) for string in strings)
    golden = f'{{"made_with": {json.dumps(made_with)}, "skipped": {skipped}, "strings": [\n{lines}\n]}}\n'
    path = sys.argv[3] if len(sys.argv) > 3 else 'tests/fixtures/tokenizer/cleaning.json'
    with open(path, 'w') as file:
        file.write(golden)


if __name__ == '__main__':
    main()
