"""Golden file of each step of a tokenizer: tests/fixtures/tokenizer/steps.json.

    python tools/oracles/tokenizer_steps.py

Hugging Face's Rust library runs each normalizer, pre-tokenizer and model alone on the same texts. The character map is
compiled here by SentencePiece from rules of our own. Needs tokenizers, and spm_train of SentencePiece.
"""
import base64
import json
import random
import subprocess
import tempfile
from pathlib import Path

import tokenizers
from tokenizer_fields import fields
from tokenizers import Tokenizer, models

TEXTS = [
    '', ' ', '  two  spaces  ', 'A photo of 2 cats.', "it's we've they'll I'm you're he'd don't", 'a,b;c!?...-- [x] (y) "z" \'w\'',
    'price: $3.50 + 7% = €4', 'one\ttwo\nthree\r\nfour', 'ΟΔΥΣΣΕΥΣ ΣΑΣ Σ', 'İstanbul IĞDIR ǅ ẞ', 'e\u0301cole naïve Müller Å ﬁn ﬃ ½ Ⅷ ² ①',
    '\u00a0no\u2003break\u3000wide\u2028line\u0085next\ufeffbom\u200bzero\u200djoin', 'soft\u00adhyphen \u0007bell \u007f del \ufffd \ue000 private',
    '猫が好き 한국어 รูปแมว बिल्ली', '\U00020000\U0002a6d6 \U0002b820 \U0002ceb0 \uf900 \u4dbf\u4dc0', '٣٤٥ १२३ 123 １２３ 𝟙𝟚',
    '🦁👍🏽 🇺🇳 👩\u200d👩\u200d👧', 'a▁b▁▁c ▁', '▁', '-', '--a--b-', 'aaa-bbb--ccc', 'x_y z\u0345 \u0300\u0301 «quoted» ¿no? …—', 'Ａ Ｂ １ ①②', 'Ａ①\u3000é', 'no_space',
    'HelloWorld helloWorld2Go', '  ', '\n\n  \n', "'s 'S 'ſ 'll", 'a  b   c    ', '\u200b\u200b', '$& $1 \\1', 'ab12cd345',
]
RULES = '0041 0042\t58\nFF21\t41\nFF22\t42\n2460\t31\nFB01\t66 69\n00E9\t65\n0065 0301\t65\n00C5\t41 78\n3000\t20\n200B\t\n'


def charsmap():
    words = 'cat dogs running photo water waterfall snow snowman woman storm stormy night light fi'.split()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, 'rules.tsv').write_text(RULES)
        Path(folder, 'corpus').write_text('\n'.join(' '.join(rng.choice(words) for _ in range(6)) for _ in range(500)))
        subprocess.run(
            ['spm_train', '--input=corpus', '--model_prefix=m', '--vocab_size=60', '--hard_vocab_limit=false',
             '--normalization_rule_tsv=rules.tsv'], cwd=folder, check=True, capture_output=True)
        model = Path(folder, 'm.model').read_bytes()
    normalizer = dict(fields(model))[3]
    return base64.b64encode(dict(fields(normalizer))[2]).decode()


def bert(**changes):
    return {'type': 'BertNormalizer', 'clean_text': True, 'handle_chinese_chars': True, 'strip_accents': None, 'lowercase': True, **changes}


def split(pattern, behavior, invert=False):
    kind = 'Regex' if any(c in pattern for c in '\\[|+(') else 'String'
    return {'type': 'Split', 'pattern': {kind: pattern}, 'behavior': behavior, 'invert': invert}


def metaspace(scheme, cuts=True):
    return {'type': 'Metaspace', 'replacement': '▁', 'prepend_scheme': scheme, 'split': cuts}


def replace(pattern, content):
    kind = 'Regex' if any(c in pattern for c in '\\[|+(') else 'String'
    return {'type': 'Replace', 'pattern': {kind: pattern}, 'content': content}


NORMALIZERS = [
    *({'type': form} for form in ('NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'ByteLevel')),
    *({'type': 'Strip', 'strip_left': left, 'strip_right': right} for left, right in ((True, True), (True, False), (False, True))),
    {'type': 'Prepend', 'prepend': '▁'},
    replace(' ', '▁'), replace('a', '$&$1'), replace(' {2,}|[\\r\\n]+', ' '), replace('\\s+', ' '), replace('(\\w)(\\d)', '$1'), replace('\\bc', 'C'),
    replace('-', ''), replace('[aeiou]|\\s+', ''), {'type': 'Prepend', 'prepend': ''},
    {'type': 'Precompiled', 'precompiled_charsmap': charsmap()},
    bert(), bert(lowercase=False), bert(strip_accents=False), bert(strip_accents=True, lowercase=False), bert(clean_text=False),
    bert(handle_chinese_chars=False),
    {'type': 'Sequence', 'normalizers': [{'type': 'NFD'}, {'type': 'StripAccents'}, {'type': 'Lowercase'}, {'type': 'Strip', 'strip_left': True, 'strip_right': True}]},
]
GPT4 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']
PRE_TOKENIZERS = [
    *(split('-', behavior, invert) for behavior in BEHAVIORS for invert in (False, True)),
    *(split('\\p{L}+|[0-9]', behavior, invert) for behavior in BEHAVIORS for invert in (False, True)),
    split(GPT4, 'Isolated'), split('\\s+', 'Removed'), split('\\w+|[^\\w\\s]+', 'Isolated'), split('\\d', 'Isolated'), split('(?=[A-Z])', 'Isolated'),
    split('\\b', 'Isolated'), split('[[:punct:]]', 'Isolated'), split('[^\\s\\p{L}]', 'MergedWithPrevious'),
    *(metaspace(scheme, cuts) for scheme in ('always', 'first', 'never') for cuts in (True, False)),
    *({'type': 'ByteLevel', 'add_prefix_space': prefix, 'trim_offsets': True, 'use_regex': regex} for prefix in (True, False) for regex in (True, False)),
    *({'type': 'Punctuation', 'behavior': behavior} for behavior in BEHAVIORS), {'type': 'Punctuation'},
    *({'type': 'Digits', 'individual_digits': each} for each in (True, False)),
    *({'type': name} for name in ('BertPreTokenizer', 'Whitespace', 'WhitespaceSplit')),
    {'type': 'CharDelimiterSplit', 'delimiter': 'a'},
    {'type': 'Sequence', 'pretokenizers': [{'type': 'WhitespaceSplit'}, metaspace('first'), {'type': 'Digits', 'individual_digits': True}]},
    {'type': 'Sequence', 'pretokenizers': [{'type': 'Punctuation', 'behavior': 'Isolated'}, {'type': 'ByteLevel', 'add_prefix_space': True, 'trim_offsets': True, 'use_regex': True}]},
]


def alone(step, part):
    made = json.loads(Tokenizer(models.BPE()).to_str())
    made[part] = step
    return getattr(Tokenizer.from_str(json.dumps(made)), part)


WORDS = ['abba', 'xay', 'xxaxx', 'ab xy ba', 'é', 'aéb', 'ééa', '', 'a' * 30, 'ab' * 60, 'x']


def bpe(**changes):
    vocab = {token: id for id, token in enumerate(['<unk>', 'a', 'b', 'ab', 'abab', 'ba', '<0xC3>', '<0xA9>', ' '])}
    merges = [['a', 'b'], ['ab', 'ab'], ['b', 'a']]
    return {'type': 'BPE', 'unk_token': '<unk>', 'fuse_unk': False, 'byte_fallback': False, 'vocab': vocab, 'merges': merges, **changes}


def unigram(**changes):
    pieces = [['<unk>', 0.0], ['a', -1.5], ['b', -1.6], ['ab', -1.0], ['aba', -3.0], ['<0xC3>', -9.0], ['<0xA9>', -9.0], [' ', -2.0]]
    return {'type': 'Unigram', 'unk_id': 0, 'byte_fallback': False, 'vocab': pieces, **changes}


def word_piece(**changes):
    vocab = {token: id for id, token in enumerate(['[UNK]', 'a', '##b', 'ab', '##a', 'x', '##x', '##aba', '@b', ' '])}
    return {'type': 'WordPiece', 'unk_token': '[UNK]', 'continuing_subword_prefix': '##', 'max_input_chars_per_word': 100, 'vocab': vocab, **changes}


MODELS = [
    bpe(), bpe(fuse_unk=True), bpe(byte_fallback=True), bpe(byte_fallback=True, fuse_unk=True), bpe(ignore_merges=True),
    unigram(), word_piece(), word_piece(continuing_subword_prefix='@'), word_piece(max_input_chars_per_word=20),
]


def run(model, text):
    made = json.loads(Tokenizer(models.BPE()).to_str())
    made['model'] = model
    return Tokenizer.from_str(json.dumps(made)).encode(text).ids


rows = [{'step': step, 'texts': [alone(step, 'normalizer').normalize_str(text) for text in TEXTS]} for step in NORMALIZERS]
rows += [{'step': step, 'pieces': [[piece for piece, _ in alone(step, 'pre_tokenizer').pre_tokenize_str(text)] for text in TEXTS]} for step in PRE_TOKENIZERS]
rows += [{'model': model, 'ids': [run(model, text) for text in WORDS]} for model in MODELS]
head = f'{{"tokenizers": {json.dumps(tokenizers.__version__)},\n"texts": {json.dumps(TEXTS)},\n"words": {json.dumps(WORDS)},\n"rows": [\n'
Path('tests/fixtures/tokenizer/steps.json').write_text(head + ',\n'.join(json.dumps(row) for row in rows) + '\n]}\n')
