"""Makes open_clip importable where torchvision's compiled operators are absent. Import it first.

Nothing here calls them, but torchvision's import needs their schemas.
"""
import torch

_operators = torch.library.Library('torchvision', 'DEF')
for schema in ('nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor',
               'qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor'):
    try:
        _operators.define(schema)
    except RuntimeError:
        pass
