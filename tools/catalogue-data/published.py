"""Writes what others have published of the catalogue's models on the data sets that the page offers.

    python tools/catalogue-data/published.py --results openclip_results.csv --retrieval openclip_retrieval_results.csv \
        --scaling zeroshot_results.csv

The first two are OpenCLIP's, from its docs, the third is of LAION-AI/scaling-laws-openclip. Stops if a figure differs from
the catalogue's own.
"""
import argparse
import csv
import json
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT / 'src' / 'clip' / 'catalogue-data.json'
OUT = ROOT / 'src' / 'ui' / 'compare' / 'benchmarks' / 'published.json'

# CLIP_benchmark's name of a data set and of a metric, and the column of OpenCLIP's table.
RESULTS = {
    'wds/imagenet1k': 'ImageNet 1k', 'wds/vtab/cifar10': 'CIFAR-10', 'wds/vtab/cifar100': 'CIFAR-100', 'wds/country211': 'Country211',
}
RETRIEVAL = {'wds/flickr30k': 'Flickr', 'wds/mscoco_captions': 'MSCOCO'}

# Of the paper's checkpoints those that are published as the catalogue's own: the same data, samples seen and batch size.
PAPER = {
    'ViT-B-32:laion2b_s34b_b79k': 'Model-B-32_Data-2B_Samples-34B_lr-1e-3_bs-79k.pt',
    'ViT-B-16:laion2b_s34b_b88k': 'Model-B-16_Data-2B_Samples-34B_lr-1e-3_bs-88k.pt',
    'ViT-H-14:laion2b_s32b_b79k': 'Model-H-14_Data-2B_Samples-34B_lr-5e-4_bs-79k.pt',
    'ViT-B-32-quickgelu:openai': ('ViT-B-32', 'openai'),
    'ViT-B-16-quickgelu:openai': ('ViT-B-16', 'openai'),
    'ViT-L-14-quickgelu:openai': ('ViT-L-14', 'openai'),
}

# OVAD-Benchmark/ovad-benchmark-code 3e14bb7, README: `ova_open_clip.py --prompt a`.
OVAD = {'timm/vit_base_patch32_clip_224.laion2b_e16': {'mAP': 16.97, 'head': 44.30, 'medium': 18.45, 'tail': 5.46}}
NAMES = {'timm/vit_base_patch32_clip_224.laion2b_e16': 'ViT-B/32 · LAION-2B, 16 epochs'}


def table(path, *keys):
    with open(path, newline='') as file:
        return {tuple(row[key] for key in keys): row for row in csv.DictReader(file)}


def row_of(rows, identity):
    """OpenCLIP lists some of OpenAI's weights only by the name without QuickGELU."""
    name, tag = identity.split(':')
    return rows.get((name, tag)) or rows.get((name.removesuffix('-quickgelu'), tag))


def main():
    parser = argparse.ArgumentParser()
    for name in ('results', 'retrieval', 'scaling'):
        parser.add_argument(f'--{name}', type=Path, required=True)
    given = parser.parse_args()
    results, retrieval = table(given.results, 'name', 'pretrained'), table(given.retrieval, 'name', 'pretrained')
    scaling = table(given.scaling, 'arch', 'name', 'downstream_dataset')
    figures = {name: {} for name in (*RETRIEVAL, *RESULTS, 'wds/voc2007_multilabel', 'ovad')}
    for entry in json.loads(CATALOGUE.read_text())['entries']:
        identity, repository = entry['id'], entry['repository']
        if row := row_of(results, identity):
            for dataset, column in RESULTS.items():
                if row[column]:
                    figures[dataset][repository] = {'acc1': float(row[column])}
            own = entry.get('accuracy', {})
            if own.get('source') == 'results' and own['imagenetTop1'] != float(row['ImageNet 1k']):
                raise SystemExit(f'{identity}: the catalogue says {own}')
        if row := row_of(retrieval, identity):
            for dataset, column in RETRIEVAL.items():
                figures[dataset][repository] = {
                    f'{way}_retrieval_recall@{k}': float(row[f'{column} {way} retr. R@{k}']) for k in (1, 5, 10) for way in ('image', 'text')
                }
        if paper := PAPER.get(identity):
            arch, name = paper if isinstance(paper, tuple) else (entry['architecture'], paper)
            value = scaling[arch, name, 'voc2007_multilabel']['mean_average_precision']
            figures['wds/voc2007_multilabel'][repository] = {'mean_average_precision': round(float(value), 6)}
    figures['ovad'] = OVAD
    sources = {
        **{name: 'OpenCLIP, docs/openclip_results.csv (github.com/mlfoundations/open_clip, commit f862f86)' for name in RESULTS},
        **{name: 'OpenCLIP, docs/openclip_retrieval_results.csv (github.com/mlfoundations/open_clip, commit f862f86)' for name in RETRIEVAL},
        'wds/voc2007_multilabel': 'Reproducible scaling laws (arXiv:2212.07143; github.com/LAION-AI/scaling-laws-openclip, commit 652b1e7)',
        'ovad': 'OVAD benchmark, README (github.com/OVAD-Benchmark/ovad-benchmark-code, commit 3e14bb7)',
    }
    OUT.write_text(json.dumps({'sources': sources, 'names': NAMES, 'figures': figures}, ensure_ascii=False, indent=1) + '\n')
    print({name: len(values) for name, values in figures.items()})


if __name__ == '__main__':
    main()
