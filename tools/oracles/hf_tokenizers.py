"""Golden file of whole tokenizers as transformers' models bring them: tests/fixtures/tokenizer/hf-tokenizers.json.

    python tools/oracles/hf_tokenizers.py tests/fixtures/tokenizer/hf-tokenizers.json [MODEL]

Each has the steps of a published kind, trained here on sentences of our own in many scripts, and is run by
open_clip.tokenizer.HFTokenizer. The character map is compiled by SentencePiece from Unicode's own compatibility forms, or
taken from MODEL, a SentencePiece model. Needs open_clip_torch, ftfy, tokenizers, transformers 5, and spm_train.
"""
import base64
import json
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import tokenizers
import torchvision_schemas  # noqa: F401
import transformers
from open_clip.tokenizer import HFTokenizer
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from tokenizer_fields import fields

LENGTH = 24
SENTENCES = [
    'a photo of two red cats on a wooden bench', 'Zwei müde Füchse schlafen über der Straße', 'un garçon près de la forêt, à côté du château',
    'Η γάτα κοιμάται στον ήλιο', 'Рыжая кошка спит на подоконнике', 'القطة تنام على السرير', 'החתול ישן על הספה', 'बिल्ली धूप में सो रही है',
    'แมวสีส้มนอนอยู่บนโต๊ะ', '一只橙色的猫睡在沙发上', '猫がソファで寝ている', '고양이가 소파에서 자고 있다', 'ድመቷ በፀሐይ ላይ ተኝታለች', 'con mèo đang ngủ trên ghế',
    'İstanbul’da bir kedi ağaçta uyuyor', 'kissa nukkuu ikkunalaudalla', 'வெயிலில் பூனை தூங்குகிறது', 'কুকুরটি মাঠে দৌড়াচ্ছে', 'მზეზე კატას სძინავს', 'Կատուն քնած է',
]
TEXTS = SENTENCES + [
    '', ' ', 'x', '  many   spaces ', 'tabs\tand\nlines', 'ＦＵＬＬ ｗｉｄｔｈ １２３ ｶﾀｶﾅ', 'ﬁne ﬂow ½ ² Ⅷ ① ㍿ ™ №', 'e\u0301cole nai\u0308ve A\u030angstro\u0308m', 'Å Ǻ ẛ̣',
    'no\u00a0break thin\u2009space zero\u200bwidth soft\u00adhyphen', '\u202bعربي\u202c ﷺ ﻻ', '각 각', '🦊👍🏽 🇫🇮 👩\u200d👧 ☃', 'Don’t — “quote” … don\'t', 'a_b-c/d@e.f #1 50% $3', '1234567890 ٣٤٥ १२३',
    '\U0001d54f \U00020000 \ufffd \ue000', 'UPPER lower MiXeD ΣΊΣΥΦΟΣ', '▁marked▁text', 'supercalifragilisticexpialidocious', 'кот ' * 40, '猫' * 60, 'the cat ' * 30,
]
NAMED = ['a </s> b', '<s>x', 'a <mask> b', 'a [SEP] b', '<pad>', 'eng_Latn cat']


def charsmap(model):
    if model:
        normalizer = dict(fields(Path(model).read_bytes()))[3]
        return base64.b64encode(dict(fields(normalizer))[2]).decode()
    ranges = [(0xa0, 0x100), (0x2000, 0x2070), (0x2070, 0x20a0), (0x2100, 0x2190), (0x2460, 0x24a0), (0x3130, 0x3190), (0x3370, 0x3380), (0xfb00, 0xfb07), (0xfdf0, 0xfdfd),
              (0xfef5, 0xfefd), (0xff01, 0xffa0)]
    texts = {chr(code) for start, end in ranges for code in range(start, end)}
    texts |= {base + mark for base in 'aeiounAEO' for mark in '\u0300\u0301\u0308\u030a'}
    rules = {text: unicodedata.normalize('NFKC', text) for text in sorted(texts)}
    rules = {text: to for text, to in rules.items() if text != to} | {'\u200b': ' ', '\u00ad': '', '\n': ' ', '\t': ' '}
    dots = lambda text: ' '.join(f'{ord(c):04X}' for c in text)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, 'rules.tsv').write_text(''.join(f'{dots(text)}\t{dots(to)}\n' for text, to in rules.items()))
        Path(folder, 'corpus').write_text('\n'.join(SENTENCES * 20))
        subprocess.run(['spm_train', '--input=corpus', '--model_prefix=m', '--vocab_size=400', '--hard_vocab_limit=false',
                        '--normalization_rule_tsv=rules.tsv'], cwd=folder, check=True, capture_output=True)
        return charsmap(Path(folder, 'm.model'))


def steps(tokenizer, **parts):
    """The tokenizer with some parts as JSON."""
    made = json.loads(tokenizer.to_str())
    return Tokenizer.from_str(json.dumps({**made, **parts}))


def compiled(*further):
    return {'type': 'Sequence', 'normalizers': [{'type': 'Precompiled', 'precompiled_charsmap': CHARSMAP}, *further]}


SPACES = {'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': ' '}
MARKS = {'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': '▁'}
METASPACE = {'type': 'Metaspace', 'replacement': '▁', 'prepend_scheme': 'always', 'split': True}
SPLIT_METASPACE = {'type': 'Sequence', 'pretokenizers': [{'type': 'WhitespaceSplit'}, METASPACE]}
MASK = AddedToken('<mask>', lstrip=True, special=True, normalized=False)


def unigram(specials, normalizer, pre_tokenizer, single, wrapping):
    made = steps(Tokenizer(models.Unigram()), normalizer=normalizer, pre_tokenizer=pre_tokenizer)
    made.train_from_iterator(SENTENCES * 30, trainers.UnigramTrainer(vocab_size=420, special_tokens=specials, unk_token='<unk>'))
    made.post_processor = processors.TemplateProcessing(single=single, special_tokens=[(token, specials.index(token)) for token in wrapping])
    return made


def xlm_roberta(normalizer, pre_tokenizer):
    made = unigram(['<s>', '<pad>', '</s>', '<unk>'], normalizer, pre_tokenizer, '<s> $A </s>', ['<s>', '</s>'])
    made.add_special_tokens([MASK])
    return made


def bpe(specials, alphabet=(), model=models.BPE(), **parts):
    made = steps(Tokenizer(model), **parts)
    trainer = trainers.BpeTrainer(vocab_size=620, special_tokens=specials, initial_alphabet=list(alphabet))
    made.train_from_iterator(SENTENCES, trainer)
    return made


def roberta(prefix):
    specials = ['<s>', '<pad>', '</s>', '<unk>', MASK]
    made = bpe(specials, pre_tokenizers.ByteLevel.alphabet(),
               pre_tokenizer={'type': 'ByteLevel', 'add_prefix_space': prefix, 'trim_offsets': True, 'use_regex': True})
    made.post_processor = processors.RobertaProcessing(('</s>', 2), ('<s>', 0), add_prefix_space=prefix)
    return made


def gemma():
    specials = ['<pad>', '<eos>', '<bos>', '<unk>', *(f'<0x{byte:02X}>' for byte in range(256))]
    made = bpe(specials, model=models.BPE(byte_fallback=True, unk_token='<unk>', fuse_unk=True),
               normalizer={'type': 'Replace', 'pattern': {'String': ' '}, 'content': '▁'})
    plain = json.loads(made.to_str())
    split = {'type': 'Split', 'pattern': {'String': ' '}, 'behavior': 'MergedWithPrevious', 'invert': False}
    made = steps(made, added_tokens=plain['added_tokens'][:4], pre_tokenizer=split)
    made.post_processor = processors.TemplateProcessing(single='$A <eos>', special_tokens=[('<eos>', 1)])
    return made


def bert(lowercase):
    specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
    made = Tokenizer(models.WordPiece(unk_token='[UNK]'))
    made.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=420, special_tokens=specials))
    made.post_processor = processors.TemplateProcessing(single='[CLS] $A [SEP]', special_tokens=[('[CLS]', 2), ('[SEP]', 3)])
    return made


def nllb():
    """With its template as its file has it, which the class replaces."""
    languages = ['eng_Latn', 'fra_Latn', 'kor_Hang']
    made = bpe(['<s>', '<pad>', '</s>', '<unk>'], model=models.BPE(unk_token='<unk>', fuse_unk=True),
               normalizer=compiled(SPACES), pre_tokenizer=METASPACE)
    made.add_special_tokens([*languages, MASK])
    code = made.token_to_id('eng_Latn')
    made.post_processor = processors.TemplateProcessing(
        single='$A </s> eng_Latn', special_tokens=[('</s>', 2), ('eng_Latn', code)])
    return made


def siglip():
    return unigram(['<pad>', '</s>', '<unk>'], compiled(SPACES), SPLIT_METASPACE, '$A </s>', ['</s>'])


PAD = {'pad_token': '<pad>'}
CHARSMAP = charsmap(sys.argv[2] if len(sys.argv) > 2 else None)
# What each is, its tokenizer_config.json, and OpenCLIP's `tokenizer_kwargs`.
NLLB = {'tokenizer_class': 'NllbTokenizer', 'eos_token': '</s>', 'unk_token': '<unk>', 'extra_special_tokens': ['eng_Latn', 'fra_Latn', 'kor_Hang'], **PAD}
KINDS = [
    ('XLM-RoBERTa', xlm_roberta({'type': 'Precompiled', 'precompiled_charsmap': CHARSMAP}, SPLIT_METASPACE), PAD, {}),
    ('XLM-V', xlm_roberta(compiled({'type': 'Strip', 'strip_left': False, 'strip_right': True}, MARKS), METASPACE), PAD, {}),
    ('RoBERTa', roberta(False), PAD, {}),
    ('RoBERTa with a space before', roberta(True), PAD, {'clean': 'lower'}),
    ('mT5, SigLIP', siglip(), PAD, {'clean': 'canonicalize'}),
    ('Gemma, SigLIP 2', gemma(), PAD, {'clean': 'canonicalize'}),
    ('BERT uncased, CLIPA', bert(True), {'pad_token': '[PAD]', 'sep_token': '[SEP]'}, {'strip_sep_token': True}),
    ('BERT cased', bert(False), {'pad_token': '[PAD]'}, {}),
    *(('NLLB' + name, None, {**NLLB, **config}, {}) for name, config in (
        ('', {}), (' in French', {'src_lang': 'fra_Latn'}), (' with the code behind', {'legacy_behaviour': True}))),
]


def run(folder, tokenizer, config, kwargs):
    Path(folder, 'tokenizer.json').write_text(tokenizer.to_str())
    Path(folder, 'tokenizer_config.json').write_text(json.dumps({'tokenizer_class': 'PreTrainedTokenizerFast', **config}))
    made = HFTokenizer(folder, context_length=LENGTH, **kwargs)
    return [{'text': text, 'ids': row} for text, row in zip(TEXTS + NAMED, made(TEXTS + NAMED).tolist())]


if __name__ == '__main__':
    rows, languages = [], nllb()
    for name, tokenizer, config, kwargs in KINDS:
        tokenizer = tokenizer or languages
        with tempfile.TemporaryDirectory() as folder:
            strings = run(folder, tokenizer, config, kwargs)
        file = tokenizer.to_str().replace(CHARSMAP, '@charsmap')
        rows.append({'name': name, 'config': config, 'kwargs': kwargs, 'tokenizer': json.loads(file), 'strings': strings})
    head = {'tokenizers': tokenizers.__version__, 'transformers': transformers.__version__, 'context_length': LENGTH, 'named': NAMED, 'charsmap': CHARSMAP}
    body = ',\n'.join(json.dumps(row, ensure_ascii=False) for row in rows)
    Path(sys.argv[1]).write_text(''.join(f'{"," if at else "{"}"{key}": {json.dumps(value)}\n' for at, (key, value) in enumerate(head.items())) + f',"rows": [\n{body}\n]}}\n')
