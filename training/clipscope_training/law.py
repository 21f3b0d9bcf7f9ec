"""The scaling law of the built-in family: E = beta * C^alpha, fitted over the finished budgets.

    python -m clipscope_training.law RUNS RESULTS

C is GMACs of one forward pass per sample times samples seen, as in "Reproducible scaling laws for contrastive
language-image learning" (Cherti et al., CVPR 2023); E is the share of drawings named wrong, mean of the two unseen styles.
Reads RUNS/SIZE-1/budgets.jsonl where there are any, keeps every number in RESULTS/budgets.json, and writes
RESULTS/law.json and RESULTS/law.svg from that alone.
"""
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use('svg')
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

CONFIDENCE = 0.95
COLOURS = {'s': '#7c8a97', 'm': '#2f9e8f', 'l': '#0b5f57'}


def gather(runs, kept):
    """The kept budgets, and those of `runs`, by size and budget."""
    rows = {(row['size'], row['budget']): row for row in kept}
    for file in sorted(runs.glob('?-1/budgets.jsonl')):
        size = file.parent.name[0]
        for line in file.read_text().splitlines():
            row = json.loads(line)
            rows[size, row['budget']] = {'size': size, **{key: row[key] for key in ('budget', 'macs', 'unseen')}}
    return [rows[key] for key in sorted(rows, key=lambda key: ('sml'.index(key[0]), key[1]))]


def error(row):
    return 1 - float(np.mean([top1 for top1, _ in row['unseen'].values()]))


def frontier(rows):
    """The rows that no cheaper row betters: what the paper fits."""
    best, kept = 2.0, []
    for row in sorted(rows, key=lambda one: one['macs']):
        if error(row) < best:
            best = error(row)
            kept.append(row)
    return kept


def fit(rows):
    """Least squares of log E over log C, with the interval of the slope (Student's t)."""
    c, e = np.log([row['macs'] / 1e9 for row in rows]), np.log([error(row) for row in rows])
    line = stats.linregress(c, e)
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, len(rows) - 2) * line.stderr)
    return {
        'beta': float(np.exp(line.intercept)), 'alpha': float(line.slope),
        'alpha_interval': [float(line.slope) - half, float(line.slope) + half],
        'confidence': CONFIDENCE, 'r2': float(line.rvalue ** 2), 'points': len(rows),
    }


def plot(rows, law, file):
    plt.rcParams['svg.hashsalt'] = 'clipscope'
    figure, axes = plt.subplots(figsize=(7.2, 4.2))
    for size, colour in COLOURS.items():
        own = [row for row in rows if row['size'] == size]
        if own:
            x, y = [row['macs'] / 1e9 for row in own], [error(row) for row in own]
            axes.plot(x, y, 'o-', color=colour, lw=1.4, ms=5)
            axes.annotate(f'clipscope-{size}', (x[-1], y[-1]), xytext=(7, -3), textcoords='offset points', color=colour)
    span = np.array([min(row['macs'] for row in rows), max(row['macs'] for row in rows) * 1.6]) / 1e9
    axes.plot(span, law['beta'] * span ** law['alpha'], '--', color='#444', lw=1)
    low, high = law['alpha_interval']
    axes.set_title(f"E = {law['beta']:.2f} · C^{law['alpha']:.3f}   (exponent {low:.3f} to {high:.3f}, 95 %)", fontsize=10, loc='left')
    axes.set(xscale='log', yscale='log', xlabel='C: GMACs per sample × samples seen', ylabel='E: drawings of unseen styles named wrong')
    ticks = [tick for tick in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1) if min(map(error, rows)) * 0.95 < tick]
    axes.set_yticks(ticks, [f'{tick:.0%}' for tick in ticks])
    axes.minorticks_off()
    axes.spines[['top', 'right']].set_visible(False)
    axes.grid(alpha=0.25)
    figure.tight_layout()
    figure.savefig(file, metadata={'Date': None})


def main():
    runs, results = Path(sys.argv[1]), Path(sys.argv[2])
    results.mkdir(exist_ok=True)
    file = results / 'budgets.json'
    rows = gather(runs, json.loads(file.read_text()) if file.exists() else [])
    file.write_text('[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n')
    law = fit(frontier(rows))
    (results / 'law.json').write_text(json.dumps(law, indent=1) + '\n')
    plot(rows, law, results / 'law.svg')
    print(json.dumps(law))


if __name__ == '__main__':
    main()
