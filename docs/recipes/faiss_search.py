"""Searches embeddings with faiss: the ten nearest of each query row. python docs/recipes/faiss_search.py OUT QUERIES.npy"""
import sys
from pathlib import Path

import faiss
import numpy as np
import pyarrow.parquet as pq

out = Path(sys.argv[1])
rows = np.concatenate([np.load(file) for file in sorted(out.glob('img_emb/*.npy'))]).astype('float32')
paths = [path for file in sorted(out.glob('metadata/*.parquet')) for path in pq.read_table(file)['image_path'].to_pylist()]
index = faiss.IndexFlatIP(rows.shape[1])
index.add(rows)
scores, found = index.search(np.load(sys.argv[2]).astype('float32'), 10)
for query, (ids, cosines) in enumerate(zip(found, scores)):
    for at, cosine in zip(ids, cosines):
        print(query, f'{cosine:.4f}', paths[at], sep='\t')
