/** The part of `WebAssembly` in use. */
interface Scope {
  Memory: new (descriptor: WebAssembly.MemoryDescriptor) => WebAssembly.Memory;
}

/** What `reserveLess` has replaced. */
const replaced = new WeakSet<object>();

/** The shared memory made since, which lives as long as its worker. */
const made: WebAssembly.Memory[] = [];

/** Bytes of the shared wasm memory made since `reserveLess`; it never shrinks. */
export function wasmBytes(): number {
  return made.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/**
 * Makes `new scope.Memory` of shared memory ask for half, a quarter … of its `maximum` where the whole is refused with
 * a RangeError. Once for each scope. @throws RangeError, from the constructor, if even `initial` pages are refused
 *
 * Why: shared memory cannot move, so a browser reserves the addresses of its `maximum`. onnxruntime-web asks for
 * 65,536 pages (4 GiB), more than iOS gives any page, and could not start at all. With less it runs, and a model that
 * does not fit fails as on any small device. A module accepts a memory whose maximum is below its own.
 */
export function reserveLess(scope: Scope): void {
  const { Memory } = scope;
  if (replaced.has(Memory)) return;
  scope.Memory = new Proxy(Memory, {
    construct(target, [asked]: [WebAssembly.MemoryDescriptor]) {
      const { initial, shared } = asked;
      for (let { maximum } = asked; ; maximum = Math.max(initial, Math.floor(maximum / 2))) {
        try {
          const memory = new target(maximum === undefined ? asked : { ...asked, maximum });
          if (shared) made.push(memory);
          return memory;
        } catch (error) {
          const isRefused = error instanceof RangeError && shared === true;
          if (!isRefused || maximum === undefined || maximum <= initial) throw error;
        }
      }
    },
  });
  replaced.add(scope.Memory);
}
