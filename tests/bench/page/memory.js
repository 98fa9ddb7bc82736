// Before all else in a page: notes the memory of every WebAssembly module, which the figures of the heap leave out.

{
  /** @type {WebAssembly.Memory[]} */
  const memories = []
  for (const name of /** @type {const} */ (['instantiate', 'instantiateStreaming'])) {
    const original = WebAssembly[name]
    WebAssembly[name] = async (...args) => {
      const made = await original.apply(WebAssembly, args)
      for (const value of Object.values((made.instance ?? made).exports)) {
        if (value instanceof WebAssembly.Memory) memories.push(value)
      }
      return made
    }
  }
  /** Bytes that they take now. */
  globalThis.wasmBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
}
