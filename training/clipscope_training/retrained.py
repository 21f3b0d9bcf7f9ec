"""Keeps what the smallest size reached when it was trained from scratch again, beside what the committed one reached.

    python -m clipscope_training.retrained AGAIN RESULTS

Reads AGAIN/s-SEED/budgets.jsonl, one file for each seed, and RESULTS/budgets.json; keeps the largest budget's figures in
RESULTS/retrained.json.
"""
import json
import sys
from pathlib import Path

WHAT = ('The smallest size trained from scratch again, to the budget of the committed one: top-1 and top-5 over all names in '
        'the unseen styles. Seed 1 is that of the committed one.')


def reached(rows, budget):
    """Top-1 and top-5 by style at `budget`; None before a run has come to it."""
    return next((row['unseen'] for row in rows if row['budget'] == budget), None)


def compared(committed, again, before):
    """
    @param committed: rows of budgets.json of the smallest size
    @param again: rows of budgets.jsonl by seed
    @param before: what this gave last, whose runs are kept; None the first time
    """
    budget = max(row['budget'] for row in committed)
    found = {run['seed']: run['unseen'] for run in before['runs']} if before and before['budget'] == budget else {}
    found |= {seed: figures for seed, rows in again.items() if (figures := reached(rows, budget))}
    runs = [{'seed': seed, 'unseen': found[seed]} for seed in sorted(found)]
    return {'what': WHAT, 'budget': budget, 'committed': reached(committed, budget), 'runs': runs}


def main():
    folder, results = map(Path, sys.argv[1:])
    committed = [row for row in json.loads((results / 'budgets.json').read_text()) if row['size'] == 's']
    again = {int(file.parent.name[2:]): list(map(json.loads, file.read_text().splitlines()))
             for file in folder.glob('s-*/budgets.jsonl')}
    file = results / 'retrained.json'
    result = compared(committed, again, json.loads(file.read_text()) if file.exists() else None)
    file.write_text(json.dumps(result, indent=1) + '\n')
    for run in result['runs']:
        moved = {style: round(100 * (top1 - result['committed'][style][0]), 1) for style, (top1, _) in run['unseen'].items()}
        print(f"seed {run['seed']}, {result['budget']:,} samples, points of top-1 away from the committed one: {moved}")


if __name__ == '__main__':
    main()
