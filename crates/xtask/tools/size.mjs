// node size.mjs ENTRY.js [OTHER.js]...: the bytes of a bundle as JSON, raw, gzip -9 and brotli 11. A bundle is the entry and
// every relative file that it reaches: static and most dynamic imports, and `new URL('…', import.meta.url)`. What is only reached
// through another entry does not count.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const REFERENCES = [
  /\b(?:import|export)\b[^'"();]*?\bfrom\s*['"](\.[^'"]+)['"]/g,
  /\bimport\s*['"](\.[^'"]+)['"]/g,
  // Chunks that are imported when they are first wanted are none of it: dialogs, thumbnails, languages.
  /\bimport\s*\(\s*['"](\.(?!\/chunk-)[^'"]+)['"]/g,
  /\bnew URL\(\s*['"]([^'":]+)['"]\s*,\s*import\.meta\.url\s*\)/g,
]

const [entry, ...others] = process.argv.slice(2).map((name) => resolve(name))

/** Every file the entry reaches, itself included. */
function reached(file, found = new Set()) {
  if (found.has(file) || others.includes(file)) return found
  found.add(file)
  if (/\.m?js$/.test(file)) {
    const source = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
    for (const pattern of REFERENCES) {
      for (const [, reference] of source.matchAll(pattern)) reached(resolve(dirname(file), reference), found)
    }
  }
  return found
}

const total = { raw: 0, gzip: 0, brotli: 0, files: [] }
for (const file of reached(entry)) {
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
