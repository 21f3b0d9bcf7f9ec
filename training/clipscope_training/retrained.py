"""Keeps what two runs of the smallest size, from two seeds, reached at the largest budget that both finished.

    python -m clipscope_training.retrained RUN AGAIN RESULTS

RUN and AGAIN are folders of runs (`runs/s-1`, `again/s-2`): their names end in the seed.
"""
import json
import sys
from pathlib import Path

WHAT = ('The smallest size trained from scratch twice, to the same budget, from two seeds: top-1 and top-5 over all names '
        'in the unseen styles.')


def finished(run):
    """Top-1 and top-5 by style, by budget in samples."""
    rows = map(json.loads, (run / 'budgets.jsonl').read_text().splitlines())
    return {row['budget']: row['unseen'] for row in rows}


def compared(runs):
    """@raises ValueError when no budget was finished by all"""
    reached = [finished(run) for run in runs]
    budget = max(set.intersection(*map(set, reached)))
    rows = [{'seed': int(run.name.split('-')[1]), 'unseen': one[budget]} for run, one in zip(runs, reached)]
    return {'what': WHAT, 'budget': budget, 'runs': rows}


def main():
    run, again, results = map(Path, sys.argv[1:])
    result = compared([run, again])
    (results / 'retrained.json').write_text(json.dumps(result, indent=1) + '\n')
    first, second = (one['unseen'] for one in result['runs'])
    moved = {style: round(100 * (second[style][0] - first[style][0]), 1) for style in first}
    print(f"{result['budget']:,} samples, points of top-1 that the second seed moved: {moved}")


if __name__ == '__main__':
    main()
