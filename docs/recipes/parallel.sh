#!/usr/bin/env bash
# Embeds a folder in N partitions, as many side by side as there are cores, with GNU parallel. Run it again after an
# interruption: what is done stays done. From the project's folder: docs/recipes/parallel.sh PICTURES MODEL OUT N
set -euo pipefail
pictures=$1 model=$2 out=$3 n=$4
seq 0 $((n - 1)) | parallel \
  npm run --silent embed -- "$pictures" --model "$model" --out "$out" --partition "{}/$n"
