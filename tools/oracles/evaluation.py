"""Writes cases of evaluation with PyTorch, scikit-learn and CLIP_benchmark's formulas: `python tools/oracles/evaluation.py tests/fixtures/evaluation`.

What chance seldom makes: equal scores, absent classes, targets that are no class, one picture, one class, short batches.
Each becomes NAME/case.json with its arrays beside it, as in the cases by CLIP_benchmark itself. fp32, CPU, one thread.
"""
import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import average_precision_score, balanced_accuracy_score

torch.set_num_threads(1)
warnings.filterwarnings('ignore')
OUT = Path(sys.argv[1])
KINDS = {np.dtype('float32'): 'f32', np.dtype('int32'): 'i32', np.dtype('uint8'): 'u8'}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def write(name, task, arrays, params, expected):
    folder = OUT / name
    folder.mkdir(exist_ok=True)
    described = {}
    for key, value in arrays.items():
        value = np.ascontiguousarray(value)
        file = f'{key}.{KINDS[value.dtype]}.bin'
        (folder / file).write_bytes(value.tobytes())
        described[key] = {'file': file, 'shape': list(value.shape)}
    case = {'task': task, 'arrays': described, 'params': params, 'expected': plain(expected)}
    (folder / 'case.json').write_text(json.dumps(case, indent=1) + '\n')


def unit(draw, count, dim):
    return F.normalize(torch.randn(count, dim, generator=draw), dim=-1)


def coarse(draw, count, dim):
    """Rows of quarters: their products are exact in any order, and many are equal."""
    return torch.randint(-1, 2, (count, dim), generator=draw).float() / 4


def draws(seed):
    return torch.Generator().manual_seed(seed)


# CLIP_benchmark, metrics/zeroshot_classification.py

def accuracy(output, target, topk):
    correct = output.topk(max(topk), 1, True, True)[1].t().eq(target.view(1, -1).expand(max(topk), -1))
    return [float(correct[:k].reshape(-1).float().sum()) / len(target) for k in topk]


def accuracies(logits, target, has_top5):
    acc1, acc5 = accuracy(logits, target, (1, 5)) if has_top5 else (*accuracy(logits, target, (1,)), math.nan)
    return acc1, acc5, float(balanced_accuracy_score(target, logits.argmax(axis=1)))


def classify(name, images, classifier, targets):
    logits = 100. * images @ classifier.T
    values = accuracies(logits, targets, logits.shape[1] >= 5)
    write(name, 'zeroshot_classification',
          {'images': images.numpy(), 'classifier': classifier.numpy(), 'targets': targets.numpy().astype('int32')}, {},
          dict(zip(('acc1', 'acc5', 'mean_per_class_recall'), values)))


def average_precision(scores, targets):
    truth = targets[torch.sort(scores, 0, True)[1]]
    precision = truth.float().cumsum(0) / torch.arange(1, len(truth) + 1).float()
    return float(precision[truth.bool()].sum() / max(float(truth.sum()), 1))


def multilabel(name, images, classifier, targets):
    logits = 100. * images @ classifier.T
    values = [average_precision(logits[:, k].contiguous(), targets[:, k]) for k in range(logits.shape[1])]
    write(name, 'multilabel', {'images': images.numpy(), 'classifier': classifier.numpy(),
                               'targets': targets.numpy().astype('uint8')}, {},
          {'mean_average_precision': float(np.mean(values)), 'average_precision': values})


# CLIP_benchmark, metrics/zeroshot_retrieval.py

def recall(scores, positive, k):
    chosen = torch.zeros_like(positive).scatter_(1, torch.topk(scores, k, dim=1)[1], True)
    return float((((chosen & positive).sum(1) / positive.sum(1)) > 0).float().mean())


def retrieve(name, images, texts, image_of_text, ks):
    scores = texts @ images.t()
    positive = torch.zeros_like(scores, dtype=torch.bool)
    positive[torch.arange(len(scores)), image_of_text] = True
    expected = {}
    for k in ks:
        expected[f'image_retrieval_recall@{k}'] = recall(scores, positive, k)
        expected[f'text_retrieval_recall@{k}'] = recall(scores.T, positive.T, k)
    write(name, 'zeroshot_retrieval', {'images': images.numpy(), 'texts': texts.numpy(),
                                       'image_of_text': image_of_text.numpy().astype('int32')}, {'k': ks}, expected)


# OVAD's evaluator: unknown boxes left out, scores clipped

def ovad(name, scores, labels, frequency):
    scores, labels = scores.numpy(), labels.numpy().astype('int32')
    AP = []
    for k in range(scores.shape[1]):
        known = labels[:, k] >= 0
        truth = labels[known, k]
        AP.append(100 * float(average_precision_score(truth, np.clip(scores[known, k], 0, 1))) if truth.any() else math.nan)
    mean = lambda of: float(np.nanmean([AP[k] for k in range(len(AP)) if frequency[k] in of] or [math.nan]))
    write(name, 'ovad', {'scores': scores, 'labels': labels}, {'frequency': frequency},
          {'mAP': mean(('head', 'medium', 'tail')), **{of: mean((of,)) for of in ('head', 'medium', 'tail')}, 'AP': AP})


# CLIP_benchmark, metrics/linear_probe.py

def probe(name, seed, classes, dim, counts, targets, test_targets, lr, epochs, batch_size, weight_decay, outputs=None):
    draw = draws(seed)
    centres = unit(draw, classes, dim)
    near = lambda target: F.normalize(centres[target % classes] + .25 * torch.randn(len(target), dim, generator=draw), dim=-1)
    target, test_target = targets(draw, counts[0]), test_targets(draw, counts[1])
    train, test = near(target), near(test_target)
    torch.manual_seed(seed)
    model = torch.nn.Linear(dim, int(target.max()) + 1)
    start = {f'{key}0': value.detach().numpy().copy() for key, value in model.named_parameters()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    orders = torch.stack([torch.randperm(counts[0], generator=draw) for _ in range(epochs)])
    batches = math.ceil(counts[0] / batch_size)
    for epoch in range(epochs):
        for i, batch in enumerate(orders[epoch].split(batch_size)):
            for group in optimizer.param_groups:
                group['lr'] = .5 * (1 + np.cos(np.pi * (i + epoch * batches) / (epochs * batches))) * lr
            optimizer.zero_grad()
            F.cross_entropy(model(train[batch]), target[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        values = accuracies(model(test), test_target, bool(test_target.max() >= 5))
    write(name, 'linear_probe',
          {'train': train.numpy(), 'train_targets': target.numpy().astype('int32'), 'test': test.numpy(),
           'test_targets': test_target.numpy().astype('int32'), **start, 'orders': orders.numpy().astype('int32'),
           **{key: value.detach().numpy() for key, value in model.named_parameters()}},
          {'lr': lr, 'epochs': epochs, 'batch_size': batch_size, 'weight_decay': weight_decay},
          dict(zip(('lp_acc1', 'lp_acc5', 'lp_mean_per_class_recall'), values)))


# LAION-AI/scaling-laws-openclip, figures.ipynb

def line(x, y):
    slope, height = np.polyfit(x, y, 1)
    return {'alpha': float(slope), 'beta': float(10 ** height)}


def law(name, compute, error, bins):
    x, y = np.log10(compute), np.log10(error)
    edges = np.linspace(x.min(), x.max() + .1, bins + 1)
    best = [(edges[i:i + 2].mean(), y[(x >= edges[i]) & (x < edges[i + 1])].min()) for i in range(bins)
            if ((x >= edges[i]) & (x < edges[i + 1])).any()]
    write(name, 'power_law', {}, {'compute': compute, 'error': error, 'bins': bins},
          {'binned': line(*zip(*best)), 'least_squares': line(x, y)})


def any_of(classes):
    return lambda draw, count: torch.randint(classes, (count,), generator=draw)


draw = draws(1)
targets = torch.randint(12, (200,), generator=draw)
classify('classify-equal', coarse(draw, 200, 6), coarse(draw, 12, 6), targets)
twins = unit(draw, 330, 16)
twins[100:120] = twins[20:40]
classify('classify-twin-classes', F.normalize(twins[:300] + .2 * unit(draw, 300, 16), dim=-1), twins, torch.arange(300))
classify('classify-many-equal', coarse(draw, 90, 5), coarse(draw, 330, 5), torch.randint(330, (90,), generator=draw))
classify('classify-collapsed', torch.ones(40, 4) / 2, torch.ones(9, 4) / 2, torch.arange(40) % 9)
classify('classify-one-class', unit(draw, 7, 8), unit(draw, 1, 8), torch.zeros(7, dtype=torch.long))
classify('classify-one-picture', unit(draw, 1, 8), unit(draw, 5, 8), torch.tensor([3]))
classify('classify-no-class', unit(draw, 60, 8), unit(draw, 6, 8), torch.randint(-1, 9, (60,), generator=draw))
labels = (torch.rand(150, 9, generator=draw) < .2).long()
labels[:, 4], labels[:, 7] = 0, 1
multilabel('multilabel-equal', coarse(draw, 150, 5), coarse(draw, 9, 5), labels)
multilabel('multilabel-one-picture', unit(draw, 1, 5), unit(draw, 3, 5), torch.tensor([[1, 0, 1]]))
owner = torch.randint(50, (130,), generator=draw)
retrieve('retrieval-equal', coarse(draw, 50, 6), coarse(draw, 130, 6), owner, [1, 5, 10, 50])
pictures = unit(draw, 400, 12)
captions = F.normalize(pictures.repeat_interleave(2, 0) + .5 * unit(draw, 800, 12), dim=-1)
captions[1::4] = captions[0::4]
retrieve('retrieval-same-captions', pictures, captions[torch.arange(800).roll(1)], torch.arange(800).div(2, rounding_mode='floor'), [1, 5, 10])
retrieve('retrieval-one-each', unit(draw, 1, 8), unit(draw, 1, 8), torch.tensor([0]), [1])
retrieve('retrieval-without-captions', unit(draw, 30, 8), unit(draw, 40, 8), torch.randint(20, (40,), generator=draw), [1, 30])
known = torch.randint(-1, 2, (120, 9), generator=draw)
known[:, 2], known[:, 3], known[:, 5] = -1, 1, known[:, 5].clamp(max=0)
ovad('ovad-equal', torch.randint(-3, 5, (120, 9), generator=draw).float() / 8, known, ['head', 'medium', 'medium'] * 3)
ovad('ovad-nothing-known', torch.zeros(5, 2), torch.full((5, 2), -1), ['head', 'tail'])
probe('probe-short-batch', 2, 7, 24, (65, 90), any_of(7), any_of(7), .05, 6, 16, 0.)
probe('probe-one-batch', 3, 6, 12, (20, 40), any_of(6), any_of(6), .1, 12, 256, .01)
probe('probe-much-decay', 4, 9, 20, (100, 50), any_of(9), any_of(9), .1, 8, 32, 20.)
probe('probe-absent-classes', 5, 12, 16, (80, 60), lambda d, n: 3 * any_of(3)(d, n) + 1, any_of(12), .1, 10, 25, 0.)
probe('probe-one-class', 6, 1, 8, (9, 5), any_of(1), any_of(1), .1, 3, 4, .1)
random = np.random.default_rng(7)
compute = 10 ** np.sort(random.uniform(9, 13, 40))
law('power-law-40', compute.tolist(), (3 * compute ** -.08 * 10 ** random.uniform(0, .2, 40)).tolist(), 5)
law('power-law-empty-bins', [1e9, 1.2e9, 9e11, 1e12], [.7, .65, .4, .5], 5)
law('power-law-two', [1e9, 1e12], [.7, .4], 5)
