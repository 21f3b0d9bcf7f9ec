/** Assembles the sources in WebAssembly's text format: `tsx tools/assemble.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import process from 'node:process';
import wabt from 'wabt';
import { root } from './build.js';

/** From the root, without their ending. */
const SOURCES = ['src/search/half-rows', 'src/search/split-rows', 'src/image/vector-resize'];

/** The module of a source in base64. @param name from the root, without its ending */
export async function assembledWat(name: string): Promise<string> {
  const text = readFileSync(path.join(root, `${name}.wat`), 'utf8');
  const source = (await wabt()).parseWat(`${path.basename(name)}.wat`, text, { simd: true });
  return Buffer.from(source.toBinary({}).buffer).toString('base64');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const name of SOURCES)
    writeFileSync(path.join(root, `${name}.wasm.json`), `${JSON.stringify(await assembledWat(name))}\n`);
}
