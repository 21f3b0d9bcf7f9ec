"""What the CPU at hand multiplies fast: bf16 where it has units for it, else plain floats."""
import torch

_UNITS = [name for name in ('amx_bf16', 'avx512_bf16') if torch.cpu.get_capabilities().get(name)]
BF16 = bool(_UNITS)
NAME = 'a CPU with bf16 matrix units' if 'amx_bf16' in _UNITS else 'a CPU with bf16 units' if BF16 else 'a CPU without bf16 units'


def autocast():
    return torch.autocast('cpu', torch.bfloat16, enabled=BF16)
