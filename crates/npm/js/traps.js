// WebAssembly that stopped for good: a bug of ours. It may have been reached from a timer or a request, where no verb is on
// the stack to throw at, so those who live on the page are told.

/** @type {Set<(trap: unknown) => void>} */
const hearers = new Set()

/** Whether WebAssembly code stopped. @param {unknown} thrown */
export const isTrap = (thrown) => typeof WebAssembly !== 'undefined' && thrown instanceof WebAssembly.RuntimeError

/** Hears of traps. @param {(trap: unknown) => void} hear */
export function watch(hear) {
  hearers.add(hear)
}

/** To be called by what called the WebAssembly. @param {unknown} trap */
export function tell(trap) {
  for (const hear of hearers) hear(trap)
}
