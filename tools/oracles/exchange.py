"""Writes tests/fixtures/exchange: embeddings in the field's layouts, by the tools that write them.

    python3 tools/oracles/exchange.py

Needs numpy.
"""

import io
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent.parent.parent / "tests/fixtures/exchange"
SHAPES = [(0, 512), (3, 4), (1_000_000, 512), (123_456_789, 1024)]


def header(shape):
    """What `numpy.save` writes before the numbers of a float16 table."""
    file = io.BytesIO()
    fields = {"descr": "<f2", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, fields)
    return file.getvalue().hex()


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    headers = {f"{rows} x {dim}": header((rows, dim)) for rows, dim in SHAPES}
    (HERE / "npy-headers.json").write_text(json.dumps(headers, indent=2) + "\n")


if __name__ == "__main__":
    main()
