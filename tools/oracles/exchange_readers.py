"""Reads exported embeddings with other tools and compares them with the library's own: run by `npm run exchange`.

    python3 tools/oracles/exchange_readers.py FOLDER

FOLDER holds the exports, and own.json, rows.f32 and queries.f32: the library's paths, rows, queries and best ten of each.
Needs numpy, pyarrow and faiss-cpu.
"""

import json
import sys
from pathlib import Path

import faiss
import numpy as np
import pyarrow
import pyarrow.parquet as pq

LEAST_COSINE = 0.9999
K = 10


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def best_of(paths, rows, queries):
    scores = queries.astype(np.float64) @ rows.astype(np.float64).T
    return [[paths[i] for i in np.argsort(-line, kind="stable")[:K]] for line in scores]


def columns_of(file):
    table = pq.read_table(file)
    footer = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    return table, footer


def check_footer(footer, own):
    assert footer["embedding.model"] == own["model"], footer
    assert footer["embedding.dimension"] == str(own["dim"]), footer
    assert footer["embedding.normalised"] == "true", footer
    assert json.loads(footer["embedding.preprocessing"])["size"] == [224, 224], footer


def with_numpy(folder, own, queries):
    rows = np.load(folder / "img_emb/img_emb_0.npy", mmap_mode="r")
    assert rows.dtype == np.float16 and rows.shape == (len(own["paths"]), own["dim"]), (rows.dtype, rows.shape)
    table, footer = columns_of(folder / "metadata/metadata_0.parquet")
    check_footer(footer, own)
    paths = table["image_path"].to_pylist()
    rows = rows.astype(np.float32)
    return paths, rows, best_of(paths, rows, queries)


def with_faiss(folder, own, queries):
    paths = pq.read_table(folder / "metadata/metadata_0.parquet", columns=["image_path"])["image_path"].to_pylist()
    rows = np.load(folder / "img_emb/img_emb_0.npy").astype(np.float32)
    index = faiss.IndexFlatIP(own["dim"])
    index.add(rows)
    _, found = index.search(queries, K)
    kept = index.reconstruct_n(0, index.ntotal)
    return paths, kept, [[paths[i] for i in line] for line in found]


def with_pyarrow(folder, own, queries):
    table, footer = columns_of(folder / "embeddings.parquet")
    check_footer(footer, own)
    kind = table.schema.field("embedding").type
    assert pyarrow.types.is_list(kind) and kind.value_type == pyarrow.float32(), kind
    paths = table["image_path"].to_pylist()
    rows = np.array(table["embedding"].to_pylist(), dtype=np.float32)
    return paths, rows, best_of(paths, rows, queries)


def main():
    folder = Path(sys.argv[1])
    own = json.loads((folder / "own.json").read_text())
    count, dim = len(own["paths"]), own["dim"]
    rows = np.fromfile(folder / "rows.f32", dtype=np.float32).reshape(count, dim)
    queries = np.fromfile(folder / "queries.f32", dtype=np.float32).reshape(-1, dim)
    print(f"{count} photos, {dim} numbers each, {len(queries)} queries; least cosine wanted {LEAST_COSINE}\n")
    print("| reader | photos equal | least cosine | same best 10 |")
    print("| --- | --- | --- | --- |")
    good = True
    for name, read in [
        (f"NumPy {np.__version__}", with_numpy),
        (f"pyarrow {pyarrow.__version__}", with_pyarrow),
        (f"faiss {faiss.__version__}", with_faiss),
    ]:
        paths, read_rows, best = read(folder, own, queries)
        cosine = float((unit(read_rows.astype(np.float64)) * unit(rows.astype(np.float64))).sum(axis=1).min())
        same = sum(mine == theirs for mine, theirs in zip(own["best"], best))
        equal = paths == own["paths"]
        print(f"| {name} | {'yes' if equal else 'NO'} | {cosine:.7f} | {same} of {len(queries)} |")
        good = good and equal and cosine > LEAST_COSINE and same == len(queries)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
