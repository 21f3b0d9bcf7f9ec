/** Bytes of a page of wasm memory. */
const PAGE = 2 ** 16;

/** The pages of wasm memory that so many bytes take. */
export function pagesOf(bytes: number): number {
  return Math.ceil(bytes / PAGE);
}

/**
 * What a module exports that was assembled beforehand (`tools/assemble.ts`) and imports nothing but its memory.
 * @param assembled in Base64
 */
export function wasmExports(assembled: string, memory: WebAssembly.Memory): WebAssembly.Exports {
  const code = Uint8Array.from(atob(assembled), (letter) => letter.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(code), { '': { memory } }).exports;
}
