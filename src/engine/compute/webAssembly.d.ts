/**
 * The part of the WebAssembly JavaScript interface that the compute layer uses. TypeScript declares it only together with the whole
 * DOM, which the engine must not know.
 */
declare namespace WebAssembly {
  interface ModuleExport {
    readonly name: string;
    readonly kind: 'function' | 'table' | 'memory' | 'global' | 'tag';
  }
  class Module {
    constructor(bytes: Uint8Array);
    static exports(module: Module): ModuleExport[];
  }
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum: number; readonly shared: boolean });
    readonly buffer: SharedArrayBuffer;
    /** @returns the pages before. */
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function validate(bytes: Uint8Array): boolean;
}
