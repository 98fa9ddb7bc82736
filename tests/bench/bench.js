// node bench.js [--quick]: measures the element beside Uppy's Dashboard, prints the tables and writes docs/benchmark.md.
// `--quick` is one round of 100 files that writes nothing: a look whether all still works. `cargo xtask bench` does the
// set-up. It is no test: it fails when something does not work, never because it is slow.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDevHost } from '../e2e/lib/servers.js'
import { bundle, sizes, versions } from './lib/bundles.js'
import { BUILT, REPORT } from './lib/places.js'
import { report } from './lib/report.js'
import { browserVersion, list, ready, throughput } from './lib/samples.js'
import { startServer } from './lib/server.js'

const QUICK = process.argv.includes('--quick')
const COUNTS = QUICK ? [100] : [100, 1000, 10_000]
const ROUNDS = QUICK ? 1 : 3
/** What takes longer is not waited for. */
const CAP_MS = 120_000

/** Rounds by who takes part, in turns, so that neither always comes first. @param {string} name @param {(who: string) => Promise<any>} sample @param {string[]} [who] */
async function rounds(name, sample, who = ['ours', 'uppy']) {
  /** @type {Record<string, any[]>} */
  const seen = Object.fromEntries(who.map((one) => [one, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of round % 2 === 0 ? who : who.toReversed()) {
      // What ran into the cap would again.
      if (seen[one].some(isOver)) continue
      const start = performance.now()
      seen[one].push(await sample(one))
      console.error(`    ${name}, ${one}, round ${round + 1}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
    }
  }
  return seen
}

const isOver = (/** @type {any} */ seen) => seen.over || Object.values(seen).some((phase) => phase?.over)

await bundle()
const server = await startServer()
const host = await startDevHost({ origins: [server.origin] })
try {
  const figures = {
    browser: await browserVersion(),
    versions: versions(),
    rounds: ROUNDS,
    capMs: CAP_MS,
    sizes: sizes(),
    ready: {
      here: await rounds('ready', (who) => ready(server, /** @type {any} */ (who), false)),
      slow: await rounds('ready, slow', (who) => ready(server, /** @type {any} */ (who), true)),
    },
    /** @type {Record<string, any>} */
    lists: {},
    throughput: {
      small: await rounds('200 files', (who) => sent(who, 200, 100_000), ['ours', 'uppy', 'bare']),
      large: await rounds('500 MB', (who) => sent(who, 1, 500_000_000), ['ours', 'uppy', 'bare']),
    },
  }
  for (const count of COUNTS) {
    figures.lists[count] = await rounds(`${count} files`, (who) =>
      list(server, /** @type {any} */ (who), count, CAP_MS),
    )
  }
  writeFileSync(join(BUILT, 'figures.json'), JSON.stringify(figures, null, 2))
  const text = report(figures)
  console.log(text)
  if (!QUICK) writeFileSync(REPORT, text)
} finally {
  await host.stop()
  await server.stop()
}

/** `bare` is ours without checksums. @param {string} who @param {number} count @param {number} size */
function sent(who, count, size) {
  const options = who === 'bare' ? { checksum: 'none' } : {}
  return throughput(server, host, who === 'uppy' ? 'uppy' : 'ours', count, size, options)
}
