"""Small files by torch.save, in each form and protocol, and the numbers of their tensors.

    python tools/oracles/torch_files.py tests/fixtures/torch-files

Needs torch.
"""
import json
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch

base = torch.arange(48, dtype=torch.float32)
square = base[4:28].view(4, 6)
TENSORS = OrderedDict([
    ('scalar', torch.tensor(4.5)),
    ('one', torch.tensor([2.5])),
    ('empty', torch.zeros(3, 0)),
    ('rows', square),
    ('columns', square.t()),
    ('every second', square[:, ::2]),
    ('repeated', base[5:8].view(3, 1).expand(3, 2)),
    ('channels last', base[:24].view(1, 2, 3, 4).to(memory_format=torch.channels_last)),
    ('half', square.half()),
    ('bfloat16', square.t().bfloat16()),
    ('double', square.double()),
    ('long', torch.tensor([-3, 2 ** 40])),
    ('bool', torch.tensor([True, False])),
])

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for protocol in (2, 3, 4, 5):
    torch.save(TENSORS, out / f'protocol-{protocol}.pt', pickle_protocol=protocol)
torch.save(TENSORS, out / 'legacy.pt', _use_new_zipfile_serialization=False)
model = torch.nn.Linear(3, 2)
training = {
    'epoch': 3,
    'device': torch.device('cpu'),
    'type': torch.float32,
    'size': torch.Size([2, 3]),
    'losses': [0.5, 2 ** 70, -1, None, (True, b'bytes')],
    'state_dict': {name: torch.nn.Parameter(one) if one.is_floating_point() else one for name, one in TENSORS.items()},
    'optimizer': torch.optim.AdamW(model.parameters()).state_dict(),
}
torch.save(training, out / 'training.pt')
# To be refused: a program beside weights, elements to be negated when read, and records that someone compressed.
torch.jit.save(torch.jit.script(model), out / 'scripted.pt')
torch.save({'weight': torch._neg_view(square)}, out / 'negated.pt')
with zipfile.ZipFile(out / 'protocol-2.pt') as stored, zipfile.ZipFile(out / 'compressed.pt', 'w', zipfile.ZIP_DEFLATED) as packed:
    for name in stored.namelist():
        packed.writestr(name, stored.read(name))
expected = {name: {'dtype': str(one.dtype).removeprefix('torch.'), 'shape': list(one.shape),
                   'values': one.double().flatten().tolist()} for name, one in TENSORS.items()}
(out / 'expected.json').write_text(json.dumps({'torch': torch.__version__, 'tensors': expected}, indent=1) + '\n')
