"""Golden files of tokenization in tests/fixtures/tokenizer.

    python tools/oracles/tokenizer.py path/to/clipscope-s/tokenizer.json

simple-clipscope-s.json: the built-in model's vocabulary run by OpenCLIP's own SimpleTokenizer, mojibake repair off.
kinds.json: small tokenizers of other kinds, trained here on invented sentences, run by Hugging Face's Rust
library with the truncation and padding of open_clip.tokenizer.HFTokenizer. Each training breaks ties
differently, so a second run gives other vocabularies.

Needs open_clip_torch, ftfy and tokenizers.
"""
import html
import json
import random
import sys
import unicodedata

import ftfy
import tokenizers
from cleaning import LISTED, random_string
from open_clip import tokenizer as openclip
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

FOLDER = 'tests/fixtures/tokenizer'
WORDS = (
    'cat dogs Fahrrad naïve Müller red running runner 1984 3.14 кошка 猫 photo photograph photographer it\'s fish & chips lighthouse '
    'house boat houseboat sailing sailor mountain mountaineer bicycle cyclist water waterfall fallen snow snowman woman umbrella '
    'under thunder storm stormy night knight bright brighter light lightning flower sunflower sunrise rising painting painter'
).split(' ')
TRICKY = [
    "'s 's's S'S 'ſ it's we've they'll I'm you're he'd don't", '1234567890 ²½Ⅷ', '!!!???...', 'a-b_c+d=e', "rock 'n' roll",
    '<start_of_text> a <end_of_text>', '!<start_of_text>', '<START_OF_TEXT>x', '<ſtart_of_text>', '<|startoftext|>a<|endoftext|>',
    'x\u0345y !\u0345!', 'supercalifragilisticexpialidocious', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '한국어 사진 각', 'รูปแมว', 'बिल्ली',
    'x\u030c z\u0364a', '\U0001f44d\U0001f3fd \U0001f1fa\U0001f1f3', '\U0001d54f math', '<e&#x301;>', '<&#xfeff;a>', 'a photo of a {}.',
    'the quick brown fox jumps over the lazy dog ' * 3,
]


def write(name, fields, rows):
    head = ''.join(f'{json.dumps(key)}: {json.dumps(value)},\n' for key, value in fields.items())
    body = ',\n'.join(json.dumps(row) for row in rows)
    with open(f'{FOLDER}/{name}', 'w') as file:
        file.write('{' + head + '"rows": [\n' + body + '\n]}\n')


def without_repair(text):
    return html.unescape(html.unescape(ftfy.fix_text(text, fix_encoding=False))).strip()


def simple(path):
    model = json.load(open(path))['model']
    start, end = len(model['vocab']) - 2, len(model['vocab']) - 1
    oracle = openclip.SimpleTokenizer(context_length=24)
    oracle.encoder = {**model['vocab'], '<start_of_text>': start, '<end_of_text>': end}
    oracle.bpe_ranks = {tuple(merge.split()): rank for rank, merge in enumerate(model['merges'])}
    oracle.sot_token_id, oracle.eot_token_id = start, end
    openclip.basic_clean = without_repair
    rng = random.Random(2)
    assigned = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ('Cn', 'Co')]
    texts = TRICKY + LISTED + [random_string(rng, assigned) for _ in range(200)]
    rows = [{'text': text, 'ids': oracle([text])[0].tolist()} for text in texts]
    write('simple-clipscope-s.json', {'context_length': 24, 'start': start, 'end': end}, rows)


def corpus():
    rng = random.Random(3)
    for _ in range(600):
        yield ' '.join(rng.choice(WORDS) for _ in range(rng.randrange(1, 9)))


def word_piece():
    made = Tokenizer(models.WordPiece(unk_token='[UNK]'))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
    made.train_from_iterator(corpus(), trainers.WordPieceTrainer(vocab_size=150, special_tokens=specials))
    made.post_processor = processors.TemplateProcessing(
        single='[CLS] $A [SEP]', pair='[CLS] $A [SEP] $B [SEP]', special_tokens=[('[CLS]', 2), ('[SEP]', 3)])
    made.decoder = decoders.WordPiece()
    return made, {'padId': 0, 'clean': 'whitespace', 'stripSeparator': True}


def unigram():
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ['<pad>', '</s>', '<unk>']
    made.train_from_iterator(corpus(), trainers.UnigramTrainer(vocab_size=120, special_tokens=specials, unk_token='<unk>'))
    made.post_processor = processors.TemplateProcessing(single='$A </s>', special_tokens=[('</s>', 1)])
    return made, {'padId': 0, 'clean': 'canonicalize', 'stripSeparator': False}


def byte_level_bpe():
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    specials = ['<s>', '<pad>', '</s>', '<unk>']
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=330, special_tokens=specials, initial_alphabet=alphabet))
    made.post_processor = processors.RobertaProcessing(('</s>', 2), ('<s>', 0))
    return made, {'padId': 1, 'clean': 'whitespace', 'stripSeparator': False}


def byte_fallback_bpe():
    made = Tokenizer(models.BPE(byte_fallback=True, unk_token='<unk>', fuse_unk=True))
    made.normalizer = normalizers.Replace(' ', '▁')
    specials = ['<pad>', '<eos>', '<bos>', '<unk>'] + [f'<0x{byte:02X}>' for byte in range(256)]
    made.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=420, special_tokens=specials))
    plain = json.loads(made.to_str())
    plain['added_tokens'] = plain['added_tokens'][:4]
    made = Tokenizer.from_str(json.dumps(plain))
    made.post_processor = processors.TemplateProcessing(single='$A <eos>', special_tokens=[('<eos>', 1)])
    return made, {'padId': 0, 'clean': 'canonicalize', 'stripSeparator': False}


def kinds():
    texts = WORDS[:14] + TRICKY[:3] + TRICKY[11:19] + TRICKY[-2:] + list(corpus())[:25] + ['', ' ', 'Ａ ﬁ é e\u0301', 'a\nb', 'x' * 120]
    texts += ['[CLS] a [SEP] b [MASK]', 'a</s>b <s> <pad>x']
    rows = []
    for make in (word_piece, unigram, byte_level_bpe, byte_fallback_bpe):
        made, options = make()
        file = json.loads(made.to_str())
        end = made.encode('').ids[-1]
        made.enable_truncation(16)
        made.enable_padding(length=16, pad_id=options['padId'])
        clean = openclip.get_clean_fn(options['clean'])
        strings = []
        for text in texts:
            ids = made.encode(clean(text)).ids
            strings.append({'text': text, 'ids': [0 if options['stripSeparator'] and i == end else i for i in ids]})
        rows.append({'name': make.__name__, 'options': {'contextLength': 16, **options}, 'tokenizer': file, 'strings': strings})
    write('kinds.json', {'tokenizers': tokenizers.__version__}, rows)


simple(sys.argv[1])
kinds()
