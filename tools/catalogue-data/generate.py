"""Writes the catalogue of checkpoints and the model configs that the checkpoint maker uses.

    python tools/catalogue-data/generate.py --profile model_profile.csv --results openclip_results.csv \
        --retrieval openclip_retrieval_results.csv --trained trained_models_info.csv --zeroshot zeroshot_results.csv

The first three files are OpenCLIP's, from its docs, the others those of the paper's own checkpoints. Needs torch, open_clip_torch and timm. Repositories, preprocessing and
configs come from the installed OpenCLIP, weights and operations are counted in its own modules, and facts.json beside
this script has the manual entries, each with its source. Stops if a count differs from OpenCLIP's own.
"""
import argparse
import csv
import json
import math
import re
import sys
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

HERE = Path(__file__).parent

sys.path.append(str(HERE.parent / 'oracles'))
import torchvision_schemas  # noqa: F401

from open_clip.factory import get_model_config
from open_clip.model import CLIP, CustomTextCLIP
from open_clip.pretrained import get_pretrained_cfg

ROOT = HERE.parent.parent
CATALOGUE = ROOT / 'src' / 'clip' / 'catalogue-data.json'
CONFIGS = ROOT / 'tools' / 'model-configs.json'

# The matrices that can be quantised in blocks of 32 weights: those of transformer blocks and SigLIP's MAP head.
LINEAR = re.compile(r'(?:^|\.)(?:resblocks\.\d+|blocks\.\d+|attn_pool)\..*weight$')
BLOCK = 32

# Sizes abbreviated in OpenCLIP's architecture names.
SIZES = {'SO400M': 'SO400M', 'gopt': 'g-opt', 'bigG': 'bigG'}


def read_csv(path, *keys):
    with open(path, newline='') as file:
        return {tuple(row[key] for key in keys): row for row in csv.DictReader(file)}


def tower(parameters, encode, sample):
    """A tower's weight counts, and its GFLOPs for one sample."""
    linear = blocks = vectors = lookup = largest = total = 0
    for name, weight in parameters:
        count = weight.numel()
        total += count
        if name.endswith('token_embedding.weight'):
            lookup += count
            continue
        largest = max(largest, count)
        if weight.dim() < 2:
            vectors += count
        elif weight.dim() == 2 and LINEAR.search(name):
            linear += count
            blocks += weight.shape[0] * math.ceil(weight.shape[1] / BLOCK)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        encode(sample)
    return {'parameters': total, 'linear': linear, 'blocks': blocks, 'vectors': vectors, 'lookup': lookup,
            'largest': largest, 'gflops': round(counter.get_total_flops() / 1e9, 2)}


def count(config):
    config = {**config}
    custom = config.pop('custom_text', False)
    with torch.device('meta'):
        model = (CustomTextCLIP if custom else CLIP)(**config).eval().requires_grad_(False)
        size = config['vision_cfg']['image_size']
        named = list(model.named_parameters())
        image = [(name, weight) for name, weight in named if name.startswith('visual.')]
        text = [(name, weight) for name, weight in named if not name.startswith(('visual.', 'logit_'))]
        return {
            'image': tower(image, model.encode_image, torch.zeros(1, 3, size, size)),
            'text': tower(text, model.encode_text,
                          torch.zeros(1, config['text_cfg']['context_length'], dtype=torch.long)),
        }, len(named) - len(image) - len(text)


def check_profile(architecture, towers, profile):
    row = profile.get((architecture,))
    if row is None:
        return
    for name in ('image', 'text'):
        pairs = ((f'{name}_mparams', towers[name]['parameters'] / 1e6), (f'{name}_gflops', towers[name]['gflops']))
        for key, counted in pairs:
            if abs(float(row[key]) - counted) > 0.0051:
                raise SystemExit(f'{architecture}: {key} is {row[key]} in the profile and {counted} by count.')


def title(architecture, family, suffix):
    """'ViT-L-14-336-quickgelu' of OpenAI: 'ViT-L/14 at 336 · OpenAI'."""
    name = re.sub('-quickgelu|-worldwide|-SigLIP2?', '', architecture)
    many = '-i18n' in name
    _, size, patch, *resolution = name.replace('-i18n', '').split('-')
    shown = f'ViT-{SIZES.get(size, size)}/{patch}' + (f' at {resolution[0]}' if resolution else '')
    return ' · '.join(part for part in (shown, family + (' multilingual' if many else ''), suffix) if part)


def rows_for(table, architecture, tag):
    return table.get((architecture, tag)) or table.get((architecture.replace('-quickgelu', ''), tag))


def figure(value, scale=1):
    return round(float(value) * scale, 4)


def results_of(architecture, checkpoint, results, retrieval):
    """Published accuracy; unpublished figures are omitted."""
    tag, found = checkpoint['tag'], {}
    if row := rows_for(results, architecture, tag):
        found['accuracy'] = {'imagenetTop1': figure(row['ImageNet 1k']), 'source': 'results'}
    if row := rows_for(retrieval, architecture, tag):
        pair = lambda data, rank: {'textToImage': figure(row[f'{data} image retr. R@{rank}']),
                                   'imageToText': figure(row[f'{data} text retr. R@{rank}'])}
        found['retrieval'] = {'flickr30kAt5': pair('Flickr', 5), 'cocoAt5': pair('MSCOCO', 5),
                              'cocoAt1': pair('MSCOCO', 1), 'source': 'retrieval'}
    if published := checkpoint.get('published'):
        top1, to_image, to_text = (figure(value, 0.01) for value in published)
        found['accuracy'] = {'imagenetTop1': top1, 'source': 'siglip2'}
        found['retrieval'] = {'cocoAt1': {'textToImage': to_image, 'imageToText': to_text}, 'source': 'siglip2'}
    return found


def entry(family, checkpoint, args_tables, configs):
    profile, results, retrieval = args_tables
    base, tag = checkpoint['architecture'], checkpoint['tag']
    pretrained = get_pretrained_cfg(base, tag)
    architecture = f'{base}-quickgelu' if pretrained.get('quick_gelu') else base
    config = get_model_config(architecture)
    preprocess = {'mean': list(pretrained['mean']), 'std': list(pretrained['std']),
                  'interpolation': pretrained['interpolation'], 'resizeMode': pretrained['resize_mode']}
    for name in dict.fromkeys((architecture, base)):
        configs.setdefault(name, {'model_cfg': get_model_config(name), 'preprocess_cfg': {
            **{key: preprocess[key] for key in ('mean', 'std', 'interpolation')},
            'resize_mode': preprocess['resizeMode']}})
    towers, scalars = count(config)
    check_profile(architecture, towers, profile)
    check_profile(base, towers, profile)
    known = {**family, **checkpoint}
    training = {'data': known['data'], 'source': known['samplesSource']}
    if known.get('samplesSeen'):
        training['samplesSeen'] = int(known['samplesSeen'])
    weights = sum(towers[name]['parameters'] for name in towers) + scalars
    return {
        'id': f'{architecture}:{tag}',
        'name': title(architecture, family['name'], checkpoint.get('suffix')),
        'family': family['name'],
        'architecture': architecture,
        'repository': pretrained['hf_hub'].rstrip('/'),
        'license': known['license'],
        'languages': known['languages'],
        'imageSize': config['vision_cfg']['image_size'],
        **towers,
        'downloadBytes': 4 * weights,
        'training': training,
        **results_of(architecture, checkpoint, results, retrieval),
        'preprocess': preprocess,
        'sources': {'repository': 'pretrained', 'preprocess': 'pretrained', 'towers': 'counted',
                    'downloadBytes': 'counted', 'license': known.get('licenseSource', 'cards')},
    }


def paper_entry(paper, row, results, profile):
    """One of the paper's own checkpoints: a file of torch.save among others in one repository."""
    architecture = row['arch']
    same = paper['published'].get(row['name'])
    pretrained = get_pretrained_cfg(architecture, same) if same else get_pretrained_cfg('ViT-B-32', paper['preprocessAs'])
    towers, scalars = count(get_model_config(architecture))
    check_profile(architecture, towers, profile)
    found = {result['downstream_dataset']: result for result in results if result['name'] == row['name']}
    both = lambda data: {'textToImage': figure(found[data]['image_retrieval_recall@5']),
                         'imageToText': figure(found[data]['text_retrieval_recall@5'])}
    data = paper['data'][row['data']]
    return {
        # "Model-B-32_Data-80M_Samples-3B...": without the model, which the architecture says.
        'id': f"{architecture}:{row['name'].removesuffix('.pt').split('_', 1)[1]}",
        'name': title(architecture, f"LAION-{row['data']}", f"{row['samples_seen_pretty'][:-1]} B samples"),
        'family': paper['name'],
        'architecture': architecture,
        'repository': f"{paper['repository']}/{row['name']}",
        'license': paper['license'],
        'languages': paper['languages'],
        'imageSize': 224,
        **towers,
        'downloadBytes': 4 * (sum(towers[name]['parameters'] for name in towers) + scalars),
        'training': {'data': data, 'source': 'scaling-laws',
                     'samplesSeen': int(float(found['imagenet1k']['samples_seen']))},
        'accuracy': {'imagenetTop1': figure(found['imagenet1k']['acc1']), 'source': 'scaling-laws'},
        'retrieval': {'flickr30kAt5': both('flickr30k'), 'cocoAt5': both('mscoco_captions'), 'source': 'scaling-laws'},
        'preprocess': {'mean': list(pretrained['mean']), 'std': list(pretrained['std']),
                       'interpolation': pretrained['interpolation'], 'resizeMode': pretrained['resize_mode']},
        'sources': {'repository': 'scaling-laws-files', 'preprocess': 'pretrained', 'towers': 'counted',
                    'downloadBytes': 'counted', 'license': 'scaling-laws-files'},
    }


def paper_entries(paper, trained, zeroshot, profile):
    sizes = ['ViT-B-32', 'ViT-B-16', 'ViT-L-14', 'ViT-H-14', 'ViT-g-14']
    with open(trained, newline='') as file, open(zeroshot, newline='') as more:
        rows, results = list(csv.DictReader(file)), list(csv.DictReader(more))
    amount = lambda text: float(text[:-1]) * {'M': 1e6, 'B': 1e9}[text[-1]]
    rows.sort(key=lambda row: (sizes.index(row['arch']), amount(row['data']), amount(row['samples_seen_pretty'])))
    return [paper_entry(paper, row, results, profile) for row in rows]


def write(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + '\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ('profile', 'results', 'retrieval', 'trained', 'zeroshot'):
        parser.add_argument(f'--{name}', required=True)
    args = parser.parse_args()
    tables = (read_csv(args.profile, 'model'), read_csv(args.results, 'name', 'pretrained'),
              read_csv(args.retrieval, 'name', 'pretrained'))
    facts = json.loads((HERE / 'facts.json').read_text())
    configs = {}
    entries = [entry(family, checkpoint, tables, configs)
               for family in facts['families'] for checkpoint in family['checkpoints']]
    own = paper_entries(facts['paper'], args.trained, args.zeroshot, tables[0])
    entries += own
    # The paper's files come without a config.
    alone = {name: configs[name]['model_cfg'] for name in dict.fromkeys(one['architecture'] for one in own)}
    write(CATALOGUE, {'sources': facts['sources'], 'entries': entries, 'configs': alone})
    write(CONFIGS, {'source': facts['sources']['pretrained'] | {'title': 'OpenCLIP, src/open_clip/model_configs'},
                    'configs': configs})
    print(f'{len(entries)} checkpoints, {len(configs)} configs')


if __name__ == '__main__':
    main()
