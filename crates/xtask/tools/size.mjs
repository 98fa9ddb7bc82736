// node size.mjs ENTRY.js [--later] [--with=FILE] [OTHER.js]...: the bytes of a bundle as JSON, raw, gzip -9 and brotli 11. A bundle is the
// entry and every relative file that it reaches by static imports and `new URL('…', import.meta.url)`: what a page loads for
// its first upload. `-more.wasm` is not: it is fetched when it is first needed. With `--later` it is what those reach by dynamic imports only. Nothing that is reached through another
// entry counts.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const STATIC = [
  /\b(?:import|export)\b[^'"();]*?\bfrom\s*['"](\.[^'"]+)['"]/g,
  /\bimport\s*['"](\.[^'"]+)['"]/g,
  /\bnew URL\(\s*['"]([^'":]+)['"]\s*,\s*import\.meta\.url\s*\)/g,
]
const DYNAMIC = [/\bimport\s*\(\s*['"](\.[^'"]+)['"]/g]

const [entry, ...others] = process.argv.slice(2).filter((name) => !name.startsWith('--')).map((name) => resolve(name))

/** Every file the entry reaches, itself included. */
function reached(file, patterns, found = new Set()) {
  if (found.has(file) || others.includes(file)) return found
  found.add(file)
  if (/\.m?js$/.test(file)) {
    // Comments begin a line. Elsewhere the same signs are texts, such as "image/*", and up to the next end of one lies code.
    const source = readFileSync(file, 'utf8').replace(/^\s*(\/\*[^]*?\*\/|\/\/.*$)/gm, '')
    for (const pattern of patterns) {
      for (const [, reference] of source.matchAll(pattern)) {
        if (!reference.endsWith('-more.wasm')) reached(resolve(dirname(file), reference), patterns, found)
      }
    }
  }
  return found
}

const now = reached(entry, STATIC)
const all = reached(entry, [...STATIC, ...DYNAMIC])
const more = process.argv.filter((name) => name.startsWith('--with=')).map((name) => resolve(name.slice(7)))
const bundle = process.argv.includes('--later') ? [...all].filter((file) => !now.has(file)) : [...now, ...more]

/** Of the languages a page loads one: the largest stands for it. */
const isLanguage = (file) => /\/locales\/[^/]+\.js$/.test(file)
const size = (file) => readFileSync(file).length
const [largest] = [...bundle].filter(isLanguage).sort((a, b) => size(b) - size(a))

const total = { raw: 0, gzip: 0, brotli: 0, files: [] }
for (const file of bundle) {
  if (isLanguage(file) && file !== largest) continue
  const bytes = readFileSync(file)
  const gzip = gzipSync(bytes, { level: 9 }).length
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length
  total.raw += bytes.length
  total.gzip += gzip
  total.brotli += brotli
  total.files.push({ file, raw: bytes.length, gzip, brotli })
}
console.log(JSON.stringify(total))
