"""The one door to OpenCLIP, whatever builds of torch and torchvision lie beside each other."""
import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:
    # Beside a CPU build of torch, a CUDA build of torchvision misses its operators.
    _library = torch.library.Library('torchvision', 'DEF')
    _library.define('nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')
    _library.define('qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')
import open_clip
from open_clip.transformer import text_global_pool  # noqa: F401

ClipLoss, CLIP, create_model_from_pretrained = open_clip.ClipLoss, open_clip.CLIP, open_clip.create_model_from_pretrained
VERSION = open_clip.__version__
