#!/usr/bin/env bash
# torch 2.13.0 on a CPU: of equal scores, the first of torch.topk(scores, 5) is another than torch.topk(scores, 1).
#
# Expected: the best of five is the best of one, so accuracy@1 may be read off the answer that accuracy@5 needs, as
# evaluation code does: topk(max(ks)), then its first column. It is also what argmax takes, which recalls are made of.
# Seen: it depends on k and on how many scores there are. Of 63 equal ones topk(1) takes number 41 and topk(5) begins
# with 43; of 64, topk(1) takes 0 and topk(5) begins with 44. With a classifier of 1,000 classes of which two are alike
# (of ImageNet's class names two stand twice) and 2,000 pictures of these two, topk(1) and argmax give every picture to
# the first of them, while the first of topk(5) is now the one, now the other, by what the other 998 scores are. So no
# rule of the form "the lowest index wins" gives the published accuracies again where scores are equal, as they often
# are in half precision, and an accuracy and a recall of the same run are of different answers.
#
# Exits 0 as long as it is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat >topk.py <<'PY'
import torch

torch.manual_seed(0)
print('torch', torch.__version__)
equal = {n: [torch.topk(torch.zeros(n), k).indices[0].item() for k in (1, 5)] for n in (63, 64)}
for n, (one, five) in equal.items():
    print(f'{n} equal scores: topk(1) takes {one}, topk(5) first {five}, argmax {torch.zeros(n).argmax().item()}')

classes, pictures = 1000, 2000
twins = torch.tensor([656, 744])
scores = torch.rand(pictures, classes)
scores[:, twins] = 1 + torch.rand(pictures, 1)
targets = twins[torch.arange(pictures) % 2]
answers = {
    'topk(1)': scores.topk(1).indices[:, 0],
    'first of topk(5)': scores.topk(5).indices[:, 0],
    'argmax': scores.argmax(1),
}
for name, answer in answers.items():
    first = (answer == twins[0]).float().mean().item()
    right = (answer == targets).float()
    by_class = [right[targets == twin].mean().item() for twin in twins]
    print(f'{name}: takes the first of the twins for {first:.3f}, right of each: {by_class[0]:.3f}, {by_class[1]:.3f}')

differ = (answers['topk(1)'] != answers['first of topk(5)']).float().mean().item()
print(f'topk(1) and the first of topk(5) differ for {differ:.3f} of the pictures')
is_so = equal == {63: [41, 43], 64: [0, 44]} and torch.equal(answers['topk(1)'], answers['argmax']) and differ > 0.3
raise SystemExit(0 if is_so else 1)
PY
venv/bin/python topk.py
