/** Assembled modules as they run. The core is compiled without the library that declares WebAssembly: here is what is used of it. */
interface WebAssemblyLike {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const webAssembly = (): WebAssemblyLike => (globalThis as unknown as { WebAssembly: WebAssemblyLike }).WebAssembly;

/** A module from its bytes; null where WebAssembly or its SIMD is missing or forbidden. */
export function moduleOf(bytes: Uint8Array): object | null {
  try {
    return new (webAssembly().Module)(bytes);
  } catch {
    return null;
  }
}

/** What a new instance of a module exports, with a memory of its own. */
export const exportsOf = (module: object): unknown => new (webAssembly().Instance)(module).exports;
