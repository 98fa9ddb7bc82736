// What is measured in a page, the same way for both. A phase is some work and what the page went through meanwhile: how
// long it took until its result was painted, the long tasks (over 50 ms, as the browser reports them) and the frames.

import { BLOCK, header, noise, parts } from '/lib/content.js'

/** Milliseconds of a frame. */
const FRAME_MS = 1000 / 60
/** How quickly the list is scrolled, in pixels a millisecond. */
const SCROLL_PX_PER_MS = 3

/** Where uploads go, from the page's address: a host, or the sink of the site. */
export const destination = Object.fromEntries(new URLSearchParams(location.search))

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))
/** Resolves when what is there now has been painted. */
const painted = () =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined))))

/** Every long task since the page began. @type {PerformanceEntry[]} */
const tasks = []
new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: 'longtask', buffered: true })

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Frame times while it runs; each gets a look at the time. @param {(now: number) => void} [each] */
function frames(each) {
  /** @type {number[]} */
  const deltas = []
  let last = 0
  let handle = requestAnimationFrame(function next(now) {
    if (last > 0) deltas.push(now - last)
    last = now
    each?.(now)
    handle = requestAnimationFrame(next)
  })
  return () => {
    cancelAnimationFrame(handle)
    const missed = deltas.reduce((sum, delta) => sum + Math.max(0, Math.round(delta / FRAME_MS) - 1), 0)
    return { p95: quantile(deltas, 0.95), dropped: missed / Math.max(1, deltas.length + missed) }
  }
}

/**
 * Does the work in a task of its own and tells what the page went through.
 * @param {() => unknown} work @param {{capMs: number, each?: (now: number) => void}} options
 */
async function phase(work, { capMs, each }) {
  const stop = frames(each)
  await sleep(50)
  const start = performance.now()
  const done = new Promise((resolve, reject) => {
    setTimeout(() => {
      // What it throws is to be seen, and a promise that never settles ends with the cap.
      Promise.resolve()
        .then(work)
        .then(() => resolve(false), reject)
    })
  })
  const over = await Promise.race([done, sleep(capMs).then(() => true)])
  if (!over) await painted()
  const end = performance.now()
  const seen = stop()
  // The browser reports them a little later.
  await sleep(150)
  const long = tasks.filter(({ startTime, duration }) => startTime < end && startTime + duration > start)
  return {
    ms: end - start,
    over: over || end - start > capMs,
    tasks: long.length,
    tasksMs: long.reduce((sum, { duration }) => sum + duration, 0),
    longestMs: Math.max(0, ...long.map(({ duration }) => duration)),
    frameMs: seen.p95,
    dropped: seen.dropped,
  }
}

/** Every element, those in shadow trees included. @param {Document | ShadowRoot} root @returns {Element[]} */
const elements = (root) =>
  [...root.querySelectorAll('*')].flatMap((node) => [node, ...(node.shadowRoot ? elements(node.shadowRoot) : [])])

/** What scrolls the list: whatever has most below its edge. */
function scroller() {
  const below = (/** @type {Element} */ node) => node.scrollHeight - node.clientHeight
  const scrolls = (/** @type {Element} */ node) =>
    node === document.scrollingElement || /auto|scroll/.test(getComputedStyle(node).overflowY)
  return elements(document)
    .filter(scrolls)
    .reduce(
      (best, node) => (below(node) > below(best) ? node : best),
      /** @type {Element} */ (document.scrollingElement),
    )
}

/** @type {any} */
let widget
/** @type {File[]} */
let files = []
/** @type {(value: unknown) => void} */
let begun = () => {}
const times = { shown: 0, ready: 0 }

/** To be called when the interface has been put into the page. */
export const shown = () =>
  painted().then(() => {
    times.shown = performance.now()
  })

export const bench = {
  ready: new Promise((resolve) => {
    begun = resolve
  }),
  counts: { succeeded: 0, refused: 0 },
  succeeded: () => {
    bench.counts.succeeded += 1
  },
  refused: () => {
    bench.counts.refused += 1
  },

  /** Takes the widget, once it can upload. @param {Promise<any>} made */
  async start(made) {
    widget = await made
    await painted()
    times.ready = performance.now()
    begun(undefined)
  },

  /** Milliseconds from the start of the navigation. */
  times: () => times,

  /** Makes the files of the run: not what is measured. @param {number} count @param {number} size */
  prepare(count, size) {
    const block = noise(1)
    // Small ones differ by their begin: noise for each would take longer than anything that is measured.
    const content = (/** @type {number} */ index) =>
      size > BLOCK ? parts(index, size) : [header(index, 0), block.subarray(16, size)]
    files = Array.from(
      { length: count },
      (_, index) =>
        new File(content(index), `file-${String(index).padStart(5, '0')}.bin`, {
          type: 'application/octet-stream',
          lastModified: 1_700_000_000_000 + index,
        }),
    )
  },

  nodes: () => elements(document).length,

  /** Adds all files. @param {number} capMs */
  add: (capMs) =>
    phase(
      async () => {
        await widget.add(files)
        if (widget.count() !== files.length) throw new Error(`${widget.count()} of ${files.length} files were added`)
      },
      { capMs },
    ),

  /** Scrolls through the list and back. @param {number} ms */
  scroll(ms) {
    const node = scroller()
    let last = performance.now()
    let down = true
    return phase(() => sleep(ms), {
      capMs: ms * 20,
      each: (now) => {
        const step = Math.max(0, now - last) * SCROLL_PX_PER_MS
        last = now
        const before = node.scrollTop
        node.scrollTop += down ? step : -step
        if (node.scrollTop === before) down = !down
      },
    })
  },

  /** Uploads all, as `work` says, and tells besides how many files got through. @param {'upload' | 'retryAll'} work @param {number} capMs */
  async send(work, capMs) {
    const before = { ...bench.counts }
    const seen = await phase(() => widget[work](), { capMs })
    return {
      ...seen,
      succeeded: bench.counts.succeeded - before.succeeded,
      refused: bench.counts.refused - before.refused,
    }
  },

  /** Takes all files out. @param {number} capMs */
  cancel: (capMs) =>
    phase(
      async () => {
        await widget.cancelAll()
        if (widget.count() > 0) throw new Error('files are left')
      },
      { capMs },
    ),
}

Object.assign(globalThis, { bench })
