"""Writes tests/fixtures/exchange: embeddings in the field's layouts, by the tools that write them.

    python3 tools/oracles/exchange.py

Needs numpy and pyarrow.
"""

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent.parent.parent / "tests/fixtures/exchange"
SHAPES = [(0, 512), (3, 4), (1_000_000, 512), (123_456_789, 1024)]
ROWS, DIM = 7, 8


def header(shape):
    """What `numpy.save` writes before the numbers of a float16 table."""
    file = io.BytesIO()
    fields = {"descr": "<f2", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, fields)
    return file.getvalue().hex()


def unit_rows():
    rows = np.random.default_rng(20).standard_normal((ROWS, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def metadata(first, count):
    ids = range(first, first + count)
    return {
        "image_path": [f"photos/nº {i}.jpg" for i in ids],
        "caption": [None if i % 3 == 1 else f"a picture of {i}" for i in ids],
        "url": ["" if i == 2 else f"https://example.com/{i}.jpg" for i in ids],
        "width": [640 + i for i in ids],
    }


def partitions(rows):
    """As clip-retrieval's writer has it: `numpy.save` of float16, and pandas' Parquet, which is pyarrow's."""
    folder = HERE / "partitions"
    (folder / "img_emb").mkdir(parents=True, exist_ok=True)
    (folder / "metadata").mkdir(exist_ok=True)
    for part, (first, end) in enumerate([(0, 4), (4, ROWS)]):
        np.save(folder / f"img_emb/img_emb_{part}.npy", rows[first:end].astype(np.float16))
        table = pa.table(metadata(first, end - first))
        pq.write_table(table, folder / f"metadata/metadata_{part}.parquet", row_group_size=3)


def parquet(rows):
    columns = metadata(0, ROWS)
    lists = [row.tolist() for row in rows]
    footer = {"embedding.model": "ViT-B-32/openai"}
    kinds = {
        "float32-zstd": (pa.list_(pa.float32()), lists, "zstd"),
        "float16-gzip": (pa.list_(pa.float16()), [list(row.astype(np.float16)) for row in rows], "gzip"),
        "float64": (pa.list_(pa.float64()), lists, "snappy"),
        "fixed-size": (pa.list_(pa.float32(), DIM), lists, "snappy"),
        "ragged": (pa.list_(pa.float32()), [*lists[:-1], [1.0]], "snappy"),
    }
    for name, (kind, values, codec) in kinds.items():
        table = pa.table({**columns, "embedding": pa.array(values, kind)}).replace_schema_metadata(footer)
        pq.write_table(table, HERE / f"{name}.parquet", compression=codec, row_group_size=4)
    table = pa.table({**columns, "left": lists, "right": lists})
    pq.write_table(table, HERE / "two-lists.parquet")


def tables(rows):
    odd = rows.copy()
    odd[1] *= 3
    odd[2, 5] = np.nan
    odd[4] = 0
    np.save(HERE / "odd-rows.npy", odd)
    np.save(HERE / "float64.npy", rows.astype(np.float64))
    np.save(HERE / "big-endian.npy", rows.astype(">f2"))
    np.save(HERE / "by-columns.npy", np.asfortranarray(rows))
    np.save(HERE / "one-row.npy", rows[0])


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    headers = {f"{rows} x {dim}": header((rows, dim)) for rows, dim in SHAPES}
    (HERE / "npy-headers.json").write_text(json.dumps(headers, indent=2) + "\n")
    rows = unit_rows()
    (HERE / "rows.json").write_text(json.dumps({"rows": rows.tolist(), **metadata(0, ROWS)}, indent=2) + "\n")
    partitions(rows)
    parquet(rows)
    tables(rows)


if __name__ == "__main__":
    main()
