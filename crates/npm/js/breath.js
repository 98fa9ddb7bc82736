/** Long pauses between slices of work where no frame is painted: in a hidden tab, or without a page. */
const WITHOUT_FRAMES_MS = 40

/** Lets the page breathe: resolves after its next frame, so that work in slices leaves room for every one. @returns {Promise<void>} */
export const breath = () => new Promise((resolve) => {
  setTimeout(resolve, WITHOUT_FRAMES_MS)
  globalThis.requestAnimationFrame?.(() => setTimeout(resolve))
})
