/** Assembles `src/search/half-rows.wat`: `tsx tools/make-half-rows.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import process from 'node:process';
import wabt from 'wabt';

const FROM = new URL('../src/search/half-rows.wat', import.meta.url);
const TO = new URL('../src/search/half-rows.wasm.json', import.meta.url);

/** The module in base64. */
export async function assembledHalfRows(): Promise<string> {
  const source = (await wabt()).parseWat('half-rows.wat', readFileSync(FROM, 'utf8'), { simd: true });
  return Buffer.from(source.toBinary({}).buffer).toString('base64');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(TO, `${JSON.stringify(await assembledHalfRows())}\n`);
}
