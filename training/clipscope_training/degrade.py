"""What cameras, screens and files do to a picture, for a part of each batch."""
import math

import torch
import torch.nn.functional as F


def _dct():
    k = torch.arange(8.)
    basis = torch.cos((2 * k[None, :] + 1) * k[:, None] * math.pi / 16) * 0.5
    basis[0] /= math.sqrt(2)
    return basis


DCT = _dct()
# The luminance table of JPEG (ITU-T T.81, table K.1).
QUANTA = torch.tensor([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
]).float().reshape(8, 8) / 255


def degrade(pictures, generator):
    """[count, 3, side, side] in 0..1, in place; half of the pictures are left as they are."""
    count, side = pictures.shape[0], pictures.shape[2]

    def some(part):
        return (torch.rand(count, generator=generator) < part).nonzero()[:, 0]

    def uniform(rows, low, high):
        return torch.rand(len(rows), 1, 1, 1, generator=generator) * (high - low) + low

    light = some(0.25)
    if len(light):
        pictures[light] = pictures[light] * uniform(light, 0.7, 1.25) + uniform(light, -0.08, 0.08)
    cast = some(0.12)
    if len(cast):
        pictures[cast] *= torch.rand(len(cast), 3, 1, 1, generator=generator) * 0.3 + 0.78
    slope = some(0.1)
    if len(slope):
        corners = torch.rand(len(slope), 1, 2, 2, generator=generator) * 0.6 + 0.6
        pictures[slope] *= F.interpolate(corners, (side, side), mode='bilinear', align_corners=True)
    grey = some(0.04)
    pictures[grey] = pictures[grey].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    pictures.clamp_(0, 1)
    soft = some(0.15)
    if len(soft):
        pictures[soft] = F.avg_pool2d(F.pad(pictures[soft], (1, 1, 1, 1), mode='replicate'), 3, 1)
    coarse = some(0.06)
    if len(coarse):
        small = F.interpolate(pictures[coarse], scale_factor=0.5, mode='area')
        pictures[coarse] = F.interpolate(small, (side, side), mode='bilinear', align_corners=False)
    noisy = some(0.12)
    if len(noisy):
        noise = torch.randn(len(noisy), 3, side, side, generator=generator) * uniform(noisy, 0.01, 0.07)
        pictures[noisy] = (pictures[noisy] + noise).clamp_(0, 1)
    packed = some(0.12)
    if len(packed):
        pictures[packed] = _jpeg(pictures[packed], uniform(packed, 0.4, 2.5))
    return pictures


def _jpeg(pictures, coarseness):
    """Rounds the cosines of each 8 x 8 block as JPEG does, on each colour alike."""
    n, c, side, _ = pictures.shape
    blocks = pictures.reshape(n, c, side // 8, 8, side // 8, 8).permute(0, 1, 2, 4, 3, 5)
    step = (QUANTA * coarseness.reshape(n, 1, 1))[:, None, None, None]
    coded = torch.round(DCT @ (blocks - 0.5) @ DCT.T / step) * step
    back = DCT.T @ coded @ DCT + 0.5
    return back.permute(0, 1, 2, 4, 3, 5).reshape(n, c, side, side).clamp(0, 1)
