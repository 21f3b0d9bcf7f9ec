"""A quick look at the unseen styles while training; the figures that count come from Clipscope's own engine."""
import numpy as np
import torch

TEMPLATES = ('{}', 'a drawing of {}', 'an icon of {}')


@torch.no_grad()
def name_embeddings(towers, ids, names):
    """[names, dim] unit rows: the mean over the templates."""
    total = 0
    for template in TEMPLATES:
        table = torch.from_numpy(ids([template.replace('{}', name) for name in names]))
        total = total + torch.nn.functional.normalize(towers.text(table).float(), dim=-1)
    return torch.nn.functional.normalize(total, dim=-1)


@torch.no_grad()
def accuracy(towers, ids, drawings, names):
    """{set: (top-1, top-5)} of each drawing on white against all names."""
    rows = name_embeddings(towers, ids, names)
    ranks, sets = [], np.array([row['set'] for row in drawings.rows])
    for start in range(0, len(drawings.rows), 256):
        block = torch.from_numpy(np.array(drawings.level(0)[start:start + 256])).permute(0, 3, 1, 2).float() / 255
        pictures = block[:, :3] + 1 - block[:, 3:]
        embeddings = torch.nn.functional.normalize(towers.image(pictures).float(), dim=-1)
        scores = embeddings @ rows.T
        own = scores.gather(1, torch.from_numpy(drawings.concept[start:start + 256])[:, None])
        ranks.append((scores > own).sum(1))
    ranks = torch.cat(ranks).numpy()
    return {name: (float((ranks[sets == name] < 1).mean()), float((ranks[sets == name] < 5).mean())) for name in np.unique(sets)}
