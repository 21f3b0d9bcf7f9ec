#!/usr/bin/env bash
# @huggingface/hub 2.17.5: importing one function allocates 5 MiB, in bundles too.
#
# Expected: `import { listFiles } from '@huggingface/hub'` costs its code alone, and a bundler that shakes trees leaves out
# the code for uploads (Xet chunking, LZ4), since nothing calls it.
# Seen: the LZ4 code in the package's one file makes its block buffer and hash table at its top level, 5,505,024 bytes,
# when any function of the package is imported. The package declares no `sideEffects`, and neither does its dependency
# @huggingface/xetchunk-wasm 0.2.x, which makes three BLAKE3 hashers while loading. So a page or a worker that lists one
# repository holds 5 MiB for good, and about 12 kB of minified hashing code remains in its bundle (vite 8.3.8).
# What helps: to declare the two calls pure and the dependency free of side effects in the bundler's options.
#
# Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @huggingface/hub@2.17.5 vite@8.3.8

cat >imported.mjs <<'JS'
const before = process.memoryUsage().arrayBuffers;
await import('@huggingface/hub');
const bytes = process.memoryUsage().arrayBuffers - before;
console.log(`importing allocates ${bytes} bytes of array buffers`);
if (bytes < 5 * 2 ** 20) process.exit(1);
JS
node imported.mjs

echo "import { listFiles } from '@huggingface/hub'; console.log(listFiles);" >page.js
echo '<script type="module" src="page.js"></script>' >index.html
npx vite build --logLevel error
node -e '
  const { readdirSync, readFileSync } = require("node:fs");
  const code = readdirSync("dist/assets").map((name) => readFileSync(`dist/assets/${name}`, "utf8")).join("");
  const buffer = /\(5<<20\)|\(5242880\)/.test(code);
  const hasher = code.includes("newKeyed");
  console.log(`bundle of ${code.length} characters: LZ4 buffer ${buffer ? "kept" : "gone"}, BLAKE3 hashers ${hasher ? "kept" : "gone"}`);
  process.exit(buffer && hasher ? 0 : 1);
'
