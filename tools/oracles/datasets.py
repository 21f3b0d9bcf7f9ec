"""Data sets made of the sample album, as CLIP_benchmark exports them, and OpenCLIP's results on them; and small tars.

    python tools/oracles/datasets.py FOLDER tests/fixtures/datasets

Writes the data sets to FOLDER/wds_NAME and, with each built-in model, evaluates them from there in fp32 on a CPU by
CLIP_benchmark's formulas (`metrics/zeroshot_classification.py`, `metrics/zeroshot_retrieval.py`), OpenCLIP's own
preprocessing and towers. The tars are not kept: the tests make the same bytes from the album, which their SHA-256 shows. `tars.json` has a tar of each kind of member in each form, deflated, as Base64.
Needs open_clip_torch 3.3.0, torch, tokenizers, numpy and Pillow.
"""
import base64
import hashlib
import io
import json
import sys
import tarfile
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer

from saved import open_clip

ALBUM = Path('static/album')
MODELS = [Path('static/models') / f'clipscope-{size}' for size in 'sml']
# As webdataset's TarWriter stamps its members; a fraction of a second needs a PAX header.
STAMP = 1700000000.25
# Longer than a header's 100 bytes.
LONG = 'a folder with a name so long that no header of a tar holds it, and an extended one has to come before it/'


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = len(data), STAMP, 0o444
    info.uname = info.gname = 'bigdata'
    tar.addfile(info, io.BytesIO(data))


def write(folder, kind, samples, per_shard, *, form, label_first=False, prefix='', lists=None):
    """One split, "test"; returns the SHA-256 of each shard."""
    (folder / 'test').mkdir(parents=True, exist_ok=True)
    for name, lines in (lists or {}).items():
        (folder / name).write_text('\n'.join(lines) + '\n')
    shards = [samples[start:start + per_shard] for start in range(0, len(samples), per_shard)]
    (folder / 'test' / 'nshards.txt').write_text(f'{len(shards)}\n')
    sums, index = [], 0
    for number, shard in enumerate(shards):
        path = folder / 'test' / f'{number}.tar'
        with tarfile.open(path, 'w', format=form) as tar:
            for picture, label in shard:
                members = [('webp', picture), (kind, label)]
                for extension, data in reversed(members) if label_first else members:
                    add(tar, f'{prefix}s{index:07}.{extension}', data)
                index += 1
        sums.append(hashlib.sha256(path.read_bytes()).hexdigest())
    return sums


def npy(values):
    out = io.BytesIO()
    np.save(out, np.array(values, np.int64))
    return out.getvalue()


def captions_of(index, entry):
    """One to three captions."""
    names = ' and '.join(thing['name'] for thing in entry['objects'])
    return [entry['caption'], f'a drawing of {names}', f'{names}, {entry["background"]}'][:1 + index % 3]


def make(folder):
    entries = json.loads((ALBUM / 'captions.json').read_text())
    pictures = [(ALBUM / entry['file']).read_bytes() for entry in entries]
    colours = sorted({entry['background'] for entry in entries})
    things = sorted({thing['name'] for entry in entries for thing in entry['objects']})
    shown = [{thing['name'] for thing in entry['objects']} for entry in entries]
    return {
        'album-backgrounds': write(
            folder / 'wds_album-backgrounds', 'cls',
            [(picture, str(colours.index(entry['background'])).encode()) for picture, entry in zip(pictures, entries)],
            60, form=tarfile.PAX_FORMAT,
            lists={'classnames.txt': colours, 'zeroshot_classification_templates.txt': ['a {c} background', 'something on a {c} background']}),
        'album-things': write(
            folder / 'wds_album-things', 'npy',
            [(picture, npy([int(thing in own) for thing in things])) for picture, own in zip(pictures, shown)],
            100, form=tarfile.GNU_FORMAT, prefix=LONG,
            lists={'classnames.txt': things, 'zeroshot_classification_templates.txt': ['a {c}', 'a drawing of a {c}'], 'dataset_type.txt': ['multilabel']}),
        'album-captions': write(
            folder / 'wds_album-captions', 'txt',
            [(picture, '\n'.join(captions_of(index, entry)).encode()) for index, (picture, entry) in enumerate(zip(pictures, entries))],
            1000, form=tarfile.PAX_FORMAT, label_first=True, prefix=LONG, lists={'dataset_type.txt': ['retrieval']}),
    }


def read(folder):
    """The samples of a data set: picture and label, by its tars alone."""
    for number in range(int((folder / 'test' / 'nshards.txt').read_text())):
        parts = {}
        with tarfile.open(folder / 'test' / f'{number}.tar') as tar:
            for member in tar:
                key, extension = member.name.rsplit('/', 1)[-1].split('.', 1)
                parts.setdefault(key, {})[extension] = tar.extractfile(member).read()
        for own in parts.values():
            yield Image.open(io.BytesIO(own.pop('webp'))), next(iter(own.values()))


def lines(path):
    return [line.strip() for line in path.read_text().splitlines() if line.strip()]


def evaluate(folder, model, preprocess, encode):
    pictures, labels = zip(*read(folder))
    with torch.no_grad():
        images = model.encode_image(torch.stack([preprocess(picture) for picture in pictures]), normalize=True)
    if (folder / 'classnames.txt').exists():
        names, templates = lines(folder / 'classnames.txt'), lines(folder / 'zeroshot_classification_templates.txt')
        rows = []
        for name in names:
            row = encode([template.format(c=name) for template in templates]).mean(dim=0)
            rows.append(row / row.norm())
        logits = 100 * images @ torch.stack(rows).T
        if (folder / 'dataset_type.txt').exists():
            truth = torch.tensor(np.array([np.load(io.BytesIO(label)) for label in labels]))
            return {'mean_average_precision': average_precision(logits, truth).mean().item()}
        targets = torch.tensor([int(label) for label in labels])
        hits = logits.topk(5, 1).indices.eq(targets[:, None])
        answers = logits.argmax(1)
        recalls = [(answers[targets == c] == c).float().mean().item() for c in targets.unique()]
        return {
            'acc1': hits[:, :1].any(1).float().mean().item(),
            'acc5': hits.any(1).float().mean().item(),
            'mean_per_class_recall': sum(recalls) / len(recalls),
        }
    captions = [label.decode().splitlines() for label in labels]
    image_of_text = torch.tensor([index for index, own in enumerate(captions) for _ in own])
    scores = encode([caption for own in captions for caption in own]) @ images.T
    metrics = {}
    for k in (1, 5, 10):
        found = scores.topk(k, 1).indices.eq(image_of_text[:, None]).any(1)
        metrics[f'image_retrieval_recall@{k}'] = found.float().mean().item()
        best = image_of_text[scores.T.topk(k, 1).indices]
        metrics[f'text_retrieval_recall@{k}'] = best.eq(torch.arange(len(captions))[:, None]).any(1).float().mean().item()
    return metrics


def average_precision(scores, truth):
    """CLIP_benchmark's: no interpolation, no grouping of ties, 0 for a class without positives."""
    out = torch.zeros(scores.shape[1])
    for c in range(scores.shape[1]):
        hits = truth[scores[:, c].sort(descending=True).indices, c]
        precision = hits.cumsum(0).float() / torch.arange(1, len(hits) + 1)
        out[c] = (precision * hits).sum() / max(hits.sum().item(), 1)
    return out


def small_tar(form):
    out = io.BytesIO()
    headers = {'comment': 'global', 'hdrcharset': 'ISO-IR 10646 2000 UTF-8'} if form == tarfile.PAX_FORMAT else {}
    with tarfile.open(fileobj=out, mode='w', format=form, pax_headers=headers) as tar:
        def put(name, data=b'', **fields):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1
            for field, value in fields.items():
                setattr(info, field, value)
            tar.addfile(info, io.BytesIO(data))

        put('folder', type=tarfile.DIRTYPE)
        put('./folder/a.txt', b'alpha')
        put('folder/empty.txt')
        put('link', type=tarfile.SYMTYPE, linkname='folder/a.txt')
        put('d/' * 60 + 'deep.txt', b'x' * 600)
        put('caf\u00e9/\u732b.txt', '\u732b'.encode())
        if form != tarfile.USTAR_FORMAT:
            put('n' * 150 + '.txt', b'long')
    return base64.b64encode(zlib.compress(out.getvalue(), 9)).decode()


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    forms = {'ustar': tarfile.USTAR_FORMAT, 'gnu': tarfile.GNU_FORMAT, 'pax': tarfile.PAX_FORMAT}
    small = {name: small_tar(form) for name, form in forms.items()}
    (out / 'tars.json').write_text(json.dumps(small, indent=1) + '\n')
    sums = make(folder)
    results = {}
    for checkpoint in MODELS:
        model, preprocess = open_clip.create_model_from_pretrained(f'local-dir:{checkpoint}')
        model = model.float().eval()
        tokenizer = Tokenizer.from_file(str(checkpoint / 'tokenizer.json'))

        def encode(texts):
            ids = [encoded.ids + [0] * (model.context_length - len(encoded.ids)) for encoded in tokenizer.encode_batch(texts)]
            with torch.no_grad():
                return model.encode_text(torch.tensor(ids), normalize=True)

        results[checkpoint.name] = {name: evaluate(folder / f'wds_{name}', model, preprocess, encode) for name in sums}
        print(checkpoint.name, results[checkpoint.name])
    made_with = {'open_clip': open_clip.__version__, 'torch': torch.__version__}
    (out / 'album.json').write_text(json.dumps({**made_with, 'shards': sums, 'metrics': results}, indent=1) + '\n')


if __name__ == '__main__':
    main()
