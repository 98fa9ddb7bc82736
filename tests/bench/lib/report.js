// The figures as tables.

import { cpus } from 'node:os'

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const group = (/** @type {number} */ value) => Math.round(value).toLocaleString('en-US')
const ms = (/** @type {number} */ value) => `${group(value)} ms`
const mega = (/** @type {number} */ value) => `${(value / 1e6).toFixed(1)} MB`
const percent = (/** @type {number} */ value) => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`

/** How many times as much Uppy needs; nothing where ours is next to nothing. @param {number} ours @param {number} uppy @param {number} least */
const ratio = (ours, uppy, least) => (ours < least ? '–' : digits(uppy / ours))
const digits = (/** @type {number} */ value) =>
  value >= 10 || value === 0 ? group(value) : value.toFixed(value < 1 ? 2 : 1)

/** @param {string[]} heading @param {string[][]} rows */
function table(heading, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(heading), line(heading.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

/** @param {Record<string, any>} sizes */
function sizeTable(sizes) {
  const row = (name, { ours, uppy }, kind) => [
    `${name}, ${kind}`,
    group(ours[kind]),
    group(uppy[kind]),
    digits(uppy[kind] / ours[kind]),
  ]
  return table(
    ['bytes', 'filechute', 'Uppy', 'ratio'],
    [
      ['with interface', sizes.interface],
      ['headless', sizes.headless],
    ].flatMap(([name, bundle]) => ['raw', 'gzip', 'brotli'].map((kind) => row(name, bundle, kind))),
  )
}

/** @param {Record<string, any>} ready */
function readyTable({ here, slow }) {
  const row = (name, seen, what) => {
    const [ours, uppy] = [seen.ours, seen.uppy].map((samples) => median(samples.map((sample) => sample[what])))
    return [name, ms(ours), ms(uppy), digits(uppy / ours)]
  }
  return table(
    ['from the navigation', 'filechute', 'Uppy', 'ratio'],
    [
      row('shown, takes files', here, 'shown'),
      row('can upload', here, 'ready'),
      row('shown, slow line and processor', slow, 'shown'),
      row('can upload, slow line and processor', slow, 'ready'),
    ],
  )
}

/** @param {Record<string, any>} throughput */
function throughputTable({ small, large }) {
  const row = (name, seen, bytes) => {
    const [ours, uppy, bare] = [seen.ours, seen.uppy, seen.bare].map((samples) => {
      const middle = median(samples.map(({ ms }) => ms))
      return samples.some(({ over }) => over) ? Number.NaN : middle
    })
    const text = (value) =>
      Number.isNaN(value) ? 'over 300 s' : `${(value / 1000).toFixed(2)} s (${(bytes / value / 1000).toFixed(1)} MB/s)`
    const times = (value) => (Number.isNaN(uppy / value) ? '–' : digits(uppy / value))
    return [name, text(ours), text(bare), text(uppy), times(ours), times(bare)]
  }
  return table(
    ['upload', 'filechute', 'filechute, no checksums', 'Uppy', 'ratio', 'ratio, no checksums'],
    [row('200 files of 100 kB', small, 20e6), row('one file of 500 MB', large, 500e6)],
  )
}

/** What is told of a phase: name, value, how it is written, and what is next to nothing. */
const PHASE = [
  ['time', (phase) => phase.ms, ms, 1],
  ['long tasks', (phase) => phase.tasks, group, 1],
  ['long tasks, together', (phase) => phase.tasksMs, ms, 50],
  ['longest task', (phase) => phase.longestMs, ms, 50],
]
const FRAMES = [
  ['frames, 95th percentile', (phase) => phase.frameMs, (value) => `${value.toFixed(1)} ms`, 1],
  ['frames dropped', (phase) => phase.dropped, percent, 0.01],
]
const PHASES = [
  ['add', 'adding', [...PHASE]],
  ['scroll', 'scrolling', [...PHASE.slice(1), ...FRAMES]],
  ['upload', 'uploading', [...PHASE, ...FRAMES]],
  ['retry', 'retry all', [...PHASE]],
  ['cancel', 'cancel all', [...PHASE]],
]

/** @param {{ours: any[], uppy: any[]}} seen @param {number} count @param {number} capMs */
function listTable({ ours, uppy }, count, capMs) {
  const rows = []
  for (const [key, title, figures] of PHASES) {
    const sides = [ours, uppy].map((samples) => samples.map((sample) => sample[key]).filter(Boolean))
    const cut = sides.map((phases) => phases.find(({ over }) => over))
    for (const [name, value, write, least] of figures) {
      const values = sides.map((phases) => middle(phases.map(value)))
      // Where there was no long task, their length is not worth a row.
      if (/together|longest/.test(name) && values.every((value) => value === 0)) continue
      const cells = values.map((value, side) => {
        if (cut[side] && name === 'time') return `over ${capMs / 1000} s${reached(cut[side], count)}`
        if (Number.isNaN(value)) return 'not reached'
        return cut[side] ? `${write(value)} until then` : write(value)
      })
      const known = !cut[0] && values.every((value) => !Number.isNaN(value))
      // What adds up would have become more; the frames, perhaps not.
      const more = cut[1] && !name.startsWith('frames') ? '> ' : ''
      rows.push([`${title}: ${name}`, ...cells, known ? `${more}${ratio(values[0], values[1], least)}` : '–'])
    }
    if (key === 'add') rows.push(...addedRows(ours, uppy))
  }
  return table([`${group(count)} files`, 'filechute', 'Uppy', 'ratio'], rows)
}

/** What lies in the page once all files are in. @param {any[]} ours @param {any[]} uppy */
function addedRows(ours, uppy) {
  const kinds = /** @type {const} */ ([
    ['elements in the page', 'nodes', group],
    ['memory for the files', 'heapBytes', mega],
  ])
  return kinds.map(([name, what, write]) => {
    const values = [ours, uppy].map((samples) => middle(samples.map((sample) => sample[what])))
    const [a, b] = values
    const cells = values.map((value) => (Number.isNaN(value) ? 'not reached' : write(value)))
    return [`added: ${name}`, ...cells, Number.isNaN(a + b) ? '–' : digits(b / a)]
  })
}

/** The median of what is known, or NaN. @param {Array<number | undefined>} values */
function middle(values) {
  const known = values.filter((value) => value !== undefined)
  return known.length > 0 ? median(known) : Number.NaN
}

/** How far an upload came before it was cut off. @param {any} phase @param {number} count */
const reached = ({ succeeded, refused }, count) =>
  succeeded === undefined ? '' : ` (${group(succeeded + refused)} of ${group(count)} done)`

/** All of it as a page of the documentation. @param {any} figures */
export function report(figures) {
  const { browser, versions, rounds, capMs, sizes, ready, lists, throughput } = figures
  return `# Benchmark

The element \`<file-chute>\` beside Uppy's Dashboard, in one run: ${versions.join(', ')}. To repeat
it, and to write this page anew:

\`\`\`sh
cargo xtask bench
\`\`\`

Measured in headless ${browser} on a machine with ${cpus().length} cores that did other work as well: what counts are the ratios,
how many times as much Uppy needs, and those near 1 differ from run to run. "–" stands where ours is next to nothing or either is
unknown. Each figure is the median of ${rounds} rounds, in turns and each in a fresh browser. What takes more than ${capMs / 1000} s is cut off
there and not repeated. Nothing here is a limit that a test holds.

## Bytes

What a page loads for its first upload, each file compressed by itself, by \`crates/xtask/tools/size.mjs\`. Ours: the package as it
is published, with its WebAssembly. Uppy: core and aws-s3, with interface dashboard and the styles of both, bundled and minified by
esbuild for ES2022.

${sizeTable(sizes)}

## Time to ready

From the start of the navigation to a painted interface that takes files, and to one that can upload them; nothing cached, all
compressed by brotli. The slow line has 1.6 Mbit/s and 150 ms, the slow processor a quarter of its speed.

${readyTable(ready)}

## Lists

Files of 1,000 bytes, of a type without preview, added in one call. Long tasks are those that the browser reports: over 50 ms.
Memory is what JavaScript holds more than before, after a collection, WebAssembly included. Scrolling goes on for 2 s at 3,000 pixels
a second. The upload goes to the same local server, which answers at once and refuses every tenth file; "retry all" sends those
again, "cancel all" takes all files out. Each time ends when its result has been painted.

${Object.entries(lists)
  .map(([count, seen]) => listTable(/** @type {any} */ (seen), Number(count), capMs))
  .join('\n\n')}

## Throughput

Both to \`filechute-host\` and its embedded store on the same machine, with their defaults: ours sends 500 MB in parallel parts and
proves every part and the whole by CRC64NVME, Uppy sends its parts one after another and proves nothing.

${throughputTable(throughput)}
`
}
