"""From scenes to pictures: [count, 3, side, side] floats in 0..1, composed in batches."""
import math

import numpy as np
import torch
import torch.nn.functional as F

from . import colours
from .drawings import SIDES


def compose(scenes, drawings, side, generator):
    """Draws `scenes` at `side` pixels. `generator` is torch's, for what the scenes leave open."""
    canvas = backgrounds(scenes, drawings, side, generator)
    slots = max(len(scene.placed) for scene in scenes)
    for slot in range(slots):
        which = [at for at, scene in enumerate(scenes) if len(scene.placed) > slot]
        layer = _layer([scenes[at].placed[slot] for at in which], [scenes[at].seed + slot for at in which], drawings, side)
        _shade(canvas, which, layer, generator)
        canvas[which] = canvas[which] * (1 - layer[:, 3:]) + layer[:, :3]
    return canvas.clamp_(0, 1)


def backgrounds(scenes, drawings, side, generator):
    count = len(scenes)
    rngs = [np.random.default_rng(scene.seed) for scene in scenes]
    first = torch.from_numpy(np.stack([
        colours.near(scene.background, rng, 0 if scene.background == 'white' and scene.pattern == 'plain' else 18)
        for scene, rng in zip(scenes, rngs, strict=True)
    ]))
    second = torch.from_numpy(np.stack([
        colours.near(colours.NAMES[rng.integers(len(colours.NAMES))], rng) if scene.pattern in ('stripes', 'blobs')
        else np.clip(one + rng.normal(0, 0.16), 0, 1).astype(np.float32)
        for scene, rng, one in zip(scenes, rngs, first.numpy(), strict=True)
    ]))
    canvas = first[:, :, None, None].repeat(1, 1, side, side)
    ramp = torch.linspace(-1, 1, side)
    noise = torch.rand(count, 1, 5, 5, generator=generator)
    for at, (scene, rng) in enumerate(zip(scenes, rngs, strict=True)):
        if scene.pattern == 'plain':
            continue
        if scene.pattern in ('gradient', 'stripes'):
            angle, pitch = rng.uniform(0, 2 * math.pi), rng.uniform(4, 14)
            slope = math.cos(angle) * ramp[None, :] + math.sin(angle) * ramp[:, None]
            mix = 0.5 + 0.35 * slope if scene.pattern == 'gradient' else (torch.sin(pitch * slope) > 0).float()
        else:
            mix = F.interpolate(noise[at:at + 1], (side, side), mode='bicubic', align_corners=False)[0, 0].clamp(0, 1)
        canvas[at] = torch.lerp(first[at, :, None, None], second[at, :, None, None], mix)
    behind = [at for at, scene in enumerate(scenes) if scene.pattern == 'drawings']
    if behind:
        # Other drawings, far out of focus.
        rows = torch.randint(len(drawings.rows), (len(behind),), generator=generator).numpy()
        small = _floats(drawings.level(2)[np.sort(rows)])
        soft = F.interpolate(F.avg_pool2d(small, 4), (side, side), mode='bilinear', align_corners=False)
        canvas[behind] = canvas[behind] * (1 - soft[:, 3:]) + soft[:, :3]
    return canvas


def _floats(block):
    return torch.from_numpy(np.ascontiguousarray(block)).permute(0, 3, 1, 2).float().div_(255)


def _layer(placed, seeds, drawings, side):
    """One drawing a picture, premultiplied: [count, 4, side, side]."""
    out = torch.empty(len(placed), 4, side, side)
    pixels = np.array([one.size * side for one in placed])
    levels = np.where(pixels > 72, 0, np.where(pixels > 34, 1, 2))
    for level in range(len(SIDES)):
        which = np.flatnonzero(levels == level)
        if len(which) == 0:
            continue
        chosen = [placed[at] for at in which]
        source = _floats(drawings.level(level)[[one.row for one in chosen]])
        grid = F.affine_grid(_affines(chosen), (len(chosen), 4, side, side), align_corners=False)
        out[which] = F.grid_sample(source, grid, align_corners=False)
    matrices = torch.from_numpy(np.stack([_colours(one, seed, drawings) for one, seed in zip(placed, seeds, strict=True)]))
    flat = out.flatten(2)
    colour = torch.bmm(matrices, flat)
    out[:, :3] = torch.minimum(colour.clamp_(min=0), flat[:, 3:]).unflatten(2, (side, side))
    return out


def _affines(placed):
    """From the frame's -1..1 to the drawing's."""
    theta = np.zeros((len(placed), 2, 3), np.float32)
    for at, one in enumerate(placed):
        turn = math.radians(one.turn)
        scale = 1 / one.size
        cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
        x, y = 2 * one.x - 1, 2 * one.y - 1
        across, down = np.array([cos, sin, -cos * x - sin * y]), np.array([-sin, cos, sin * x - cos * y])
        wide = math.sqrt(one.stretch)
        theta[at] = [(-1 if one.flip else 1) * (across / wide + one.shear * down), down * wide]
    return torch.from_numpy(theta)


LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _colours(one, seed, drawings):
    """The drawing's colours as the scene wants them: painted, or a little off, as every set has its own palette.

    A [3, 4] matrix that takes premultiplied RGBA to RGB: alpha is the one that shifts are multiplied by.
    """
    rng = np.random.default_rng(seed)
    matrix = np.zeros((3, 4), np.float32)
    if one.paint:
        paint = colours.near(one.paint, rng)
        if drawings.mono[one.row]:
            matrix[:, 3] = paint
        else:
            # A painted drawing keeps its shades, around the paint's own brightness.
            matrix[:, :3] = (0.75 * paint + 0.12)[:, None] * LUMA
            matrix[:, 3] = 0.42 * paint
        return matrix
    matrix[:, :3] = np.eye(3)
    if rng.random() < 0.5:
        grey = rng.random() ** 3 * 0.8
        gain = rng.normal(1, 0.14, 3)
        matrix[:, :3] = gain[:, None] * ((1 - grey) * np.eye(3) + grey * LUMA)
        matrix[:, 3] = rng.normal(0, 0.05, 3)
    return matrix


def _shade(canvas, which, layer, generator):
    """Under some drawings a shadow, around some a rim, as stickers have."""
    draw = torch.rand(len(which), generator=generator)
    shadow = (draw < 0.12).nonzero()[:, 0]
    if len(shadow):
        alpha = F.avg_pool2d(layer[shadow, 3:], 5, 1, 2).roll((2, 2), (2, 3)) * 0.4
        at = torch.tensor(which)[shadow]
        canvas[at] = canvas[at] * (1 - alpha)
    rim = ((draw > 0.12) & (draw < 0.24)).nonzero()[:, 0]
    if len(rim):
        alpha = F.max_pool2d(layer[rim, 3:], 3, 1, 1)
        ink = (torch.rand(len(rim), 1, 1, 1, generator=generator) < 0.6).float()
        at = torch.tensor(which)[rim]
        canvas[at] = canvas[at] * (1 - alpha) + (1 - ink) * alpha
