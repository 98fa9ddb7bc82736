// Where the benchmark's own things are; the rest says tests/e2e/lib/env.js.

import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../e2e/lib/env.js'

export const BENCH = resolve(dirname(fileURLToPath(import.meta.url)), '..')
/** Bundles, and the figures as JSON. */
export const BUILT = join(ROOT, 'target/bench')
/** What is published. */
export const REPORT = join(ROOT, 'docs/benchmark.md')
