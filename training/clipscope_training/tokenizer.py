"""The byte-level BPE that all sizes share: learned from the captions, written as tokenizer.json.

    python -m clipscope_training.tokenizer DATA
"""
import json
import sys
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from .drawings import Drawings, read_concepts
from .scenes import SceneMaker
from .sizes import CONTEXT, VOCAB

START, END = '<|startoftext|>', '<|endoftext|>'
START_ID, END_ID = VOCAB - 2, VOCAB - 1
# CLIP's own cut into words.
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
CAPTIONS = 120_000


def train(captions):
    """A tokenizer whose end token has the highest id, as OpenCLIP's pooling asks."""
    tokenizer = Tokenizer(models.BPE(unk_token=END, end_of_word_suffix='</w>', continuing_subword_prefix=''))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFC(), normalizers.Replace(Regex(r'\s+'), ' '), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(WORDS), 'removed', invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=VOCAB - 2, end_of_word_suffix='</w>', show_progress=False, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(captions, trainer)
    model = json.loads(tokenizer.to_str())['model']
    merges = [merge if isinstance(merge, str) else ' '.join(merge) for merge in model['merges']]
    # Bytes first, then bytes that end a word, then merges in their order: no text is without tokens.
    vocab = {}
    for token in [*alphabet, *(byte + '</w>' for byte in alphabet), *(merge.replace(' ', '', 1) for merge in merges)]:
        vocab.setdefault(token, len(vocab))
    vocab = {token: at for token, at in vocab.items() if at < START_ID}
    kept = [merge for merge in merges if merge.replace(' ', '', 1) in vocab]
    return _file(vocab | {START: START_ID, END: END_ID}, kept)


def _file(vocab, merges):
    def special(content, at):
        return {'id': at, 'content': content, 'single_word': False, 'lstrip': False, 'rstrip': False,
                'normalized': True, 'special': True}

    return {
        'version': '1.0', 'truncation': None, 'padding': None,
        'added_tokens': [special(START, START_ID), special(END, END_ID)],
        'normalizer': {'type': 'Sequence', 'normalizers': [
            {'type': 'NFC'}, {'type': 'Replace', 'pattern': {'Regex': r'\s+'}, 'content': ' '}, {'type': 'Lowercase'}]},
        'pre_tokenizer': {'type': 'Sequence', 'pretokenizers': [
            {'type': 'Split', 'pattern': {'Regex': WORDS}, 'behavior': 'Removed', 'invert': True},
            {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': True}]},
        'post_processor': {'type': 'RobertaProcessing', 'sep': [END, END_ID], 'cls': [START, START_ID],
                           'trim_offsets': False, 'add_prefix_space': False},
        'decoder': {'type': 'ByteLevel', 'add_prefix_space': True, 'trim_offsets': True},
        'model': {'type': 'BPE', 'dropout': None, 'unk_token': END, 'continuing_subword_prefix': '',
                  'end_of_word_suffix': '</w>', 'fuse_unk': False, 'vocab': vocab, 'merges': merges},
    }


class Ids:
    """Texts to [n, longest] ids as OpenCLIP makes them: start, tokens, end, then zeros; cut to 24 with the end kept."""

    def __init__(self, file):
        self._tokenizer = Tokenizer.from_file(str(file))

    def __call__(self, texts):
        rows = []
        for one in self._tokenizer.encode_batch(list(texts)):
            ids = one.ids
            rows.append(ids if len(ids) <= CONTEXT else [*ids[:CONTEXT - 1], END_ID])
        out = np.zeros((len(rows), max(map(len, rows))), np.int64)
        for at, ids in enumerate(rows):
            out[at, :len(ids)] = ids
        return out


def main():
    data = Path(sys.argv[1])
    maker = SceneMaker(read_concepts(data), Drawings(data, 'trained'))
    rng = np.random.default_rng(20261)
    captions = [scene.caption for _ in range(CAPTIONS // 500) for scene in maker.batch(500, rng)]
    names = [*maker.nouns.names, *(word for words in maker.nouns.others for word in words)]
    (data / 'tokenizer.json').write_text(json.dumps(train([*captions, *names * 5]), ensure_ascii=False))
    ids = Ids(data / 'tokenizer.json')
    lengths = [len(row) for row in map(np.flatnonzero, ids(captions[:5000]))]
    print(f'tokens a caption: mean {np.mean(lengths):.1f}, at most {max(lengths)}')


if __name__ == '__main__':
    main()
