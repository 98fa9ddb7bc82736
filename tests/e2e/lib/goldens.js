// Pictures to compare with: written where FILECHUTE_WRITE is set, else held against those that are there.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import UPNG from 'upng-js'
import { ARTEFACTS, E2E } from './env.js'

export const GOLDENS = join(E2E, 'goldens')
export const WRITE = Boolean(process.env.FILECHUTE_WRITE)
/** Colours of a stored picture, which make it small. */
const COLOURS = 64
/** How far a colour may be off, 0 to 1: as far as the palette may bring it. */
const THRESHOLD = 0.15
/** How many pixels may be off: rounding of a curve, not a word. */
const MOST = 120

/** Widths of texts in the fonts of a page, which say whether another machine has the same. @param {any} page @returns {Promise<Record<string, number>>} */
export const fonts = (page) =>
  page.run(() => {
    const paint = document.createElement('canvas').getContext('2d')
    const family = getComputedStyle(document.body).fontFamily
    const texts = { regular: '400', medium: '550', bold: '600' }
    const sample = 'Quarterly report 2026 – 8.4 MB/s ✓ … صورة من البحر'
    return Object.fromEntries(
      Object.entries(texts).map(([name, weight]) => {
        paint.font = `${weight} 64px ${family}`
        return [name, Math.round(paint.measureText(sample).width * 10) / 10]
      }),
    )
  })

/**
 * Writes a picture, or tells what is wrong with it; empty when nothing is.
 * @param {string} name @param {Buffer} shot
 */
export async function compare(name, shot) {
  const now = PNG.sync.read(shot)
  const { width, height } = now
  const file = join(GOLDENS, `${name}.png`)
  if (WRITE) {
    await mkdir(GOLDENS, { recursive: true })
    const raw = now.data.buffer.slice(now.data.byteOffset, now.data.byteOffset + now.data.byteLength)
    await writeFile(file, Buffer.from(UPNG.encode([/** @type {ArrayBuffer} */ (raw)], width, height, COLOURS)))
    return ''
  }
  const golden = PNG.sync.read(await readFile(file))
  if (golden.width !== width || golden.height !== height) {
    await keep(`${name}.png`, shot)
    return `${width} × ${height} instead of ${golden.width} × ${golden.height}`
  }
  const marks = new PNG({ width, height })
  const off = pixelmatch(golden.data, now.data, marks.data, width, height, { threshold: THRESHOLD })
  if (off <= MOST) return ''
  await keep(`${name}.png`, shot)
  await keep(`${name}-differs.png`, PNG.sync.write(marks))
  return `${off} pixels differ; target/e2e/goldens has the picture, and one that marks them`
}

/** @param {string} name @param {Buffer} data */
async function keep(name, data) {
  const folder = join(ARTEFACTS, 'goldens')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), data)
}
