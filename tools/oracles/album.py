"""Reference embeddings of the sample album by OpenCLIP with a built-in model, in fp32 on a CPU.

    python tools/oracles/album.py static/models/NAME tests/fixtures/album/NAME.json

The model is loaded from its folder, like a user's own. Texts are tokenized by the model's own
tokenizer.json, padded with 0. Needs open_clip_torch 3.3.0, torch, tokenizers and Pillow.
"""
import json
import sys
from pathlib import Path

import torch
from PIL import Image
from tokenizers import Tokenizer

from saved import open_clip

ALBUM = Path('static/album')
TEXTS = (
    'two cats', 'a red apple on a blue background', 'musical instruments', 'something to eat', 'a vehicle', 'a bicycle',
    'a cat', 'an animal', 'a guitar', 'fruit', 'a red car', 'a drawing of a dog', 'three balloons', 'a photo of a house',
    'a rocket and a moon', 'a dog', 'a car', 'the sun', 'a cupcake', 'a red apple',
)


def rounded(rows):
    return [[round(value, 7) for value in row] for row in rows.tolist()]


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    model, preprocess = open_clip.create_model_from_pretrained(f'local-dir:{folder}')
    model = model.float().eval()
    files = [entry['file'] for entry in json.loads((ALBUM / 'captions.json').read_text())]
    tokenizer = Tokenizer.from_file(str(folder / 'tokenizer.json'))
    length = model.context_length
    ids = [encoded.ids + [0] * (length - len(encoded.ids)) for encoded in tokenizer.encode_batch(list(TEXTS))]
    with torch.no_grad():
        pixels = torch.stack([preprocess(Image.open(ALBUM / file)) for file in files])
        images = rounded(model.encode_image(pixels, normalize=True))
        texts = rounded(model.encode_text(torch.tensor(ids), normalize=True))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({
        'made_with': f'open_clip {open_clip.__version__}, torch {torch.__version__}, fp32 on CPU from fp16-stored weights',
        'logit_scale_exp': model.logit_scale.exp().item(),
        'images': [{'file': file, 'embedding': row} for file, row in zip(files, images, strict=True)],
        'texts': [{'text': text, 'ids': row, 'embedding': vector} for text, row, vector in zip(TEXTS, ids, texts, strict=True)],
    }) + '\n')


if __name__ == '__main__':
    main()
