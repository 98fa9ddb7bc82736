// WebAssembly that stopped for good: a bug of ours reached it from a timer or a request, where no verb is on the stack to
// throw at, so the page's own `error` event is all that tells.

/** Where frames of our WebAssembly lie, as stacks spell it: bundlers rename files, so it is read off a stack. @type {Set<string>} */
const places = new Set()
/** Classes of `Core` whose place is known. @type {WeakSet<object>} */
const known = new WeakSet()
const FRAMES = /https?:[^\s()]+\.wasm|wasm:\/\/wasm\/[^\s:]+|\[wasm code\]/g

/** Whether WebAssembly code stopped. @param {unknown} thrown */
export const isTrap = (thrown) => typeof WebAssembly !== 'undefined' && thrown instanceof WebAssembly.RuntimeError

/** To be called by what WebAssembly calls: learns where it lies. @param {object} core the class of it */
export function learn(core) {
  if (known.has(core)) return
  known.add(core)
  for (const [place] of String(new Error().stack).matchAll(FRAMES)) places.add(place)
}

/** Hears of traps that nobody caught. @param {(trap: unknown) => void} hear */
export function watch(hear) {
  globalThis.addEventListener?.('error', ({ error }) => {
    const stack = isTrap(error) ? String(error.stack) : ''
    // Other people's WebAssembly may stop without us.
    if ([...places].some((place) => stack.includes(place))) hear(error)
  })
}
