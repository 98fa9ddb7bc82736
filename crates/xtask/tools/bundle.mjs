// node bundle.mjs FOLDER OUT FILE.wasm…: joins the modules in FOLDER to what is published, minified, in OUT.
//
// Rollup joins, for it can be told what belongs together: all that `index.js` reaches at once is one piece, and all that
// `element.js` adds to it another. Each piece is compressed by itself, so few large ones are smaller than many. What is
// imported when it is first needed becomes pieces of its own. esbuild and terser minify, one after the other: together they make
// less of it than either alone, by 0.9 kB after brotli.
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { minify as terser } from 'terser'

const [folder, out, ...modules] = [realpathSync(process.argv[2]), ...process.argv.slice(3)]
/** What people import. */
const ENTRIES = ['index', 'element', 'react', ...readdirSync(join(folder, 'locales')).filter((name) => /\.js$/.test(name) && name !== 'index.js').map((name) => `locales/${name.slice(0, -3)}`)]
/** Pieces of what is loaded when it is first needed, by name. @type {[string, Set<string>][]} */
const LATER = [
  ['forms', new Set(['editor.js', 'restored.js', 'unfinished.js'])],
  ['lists', new Set(['sort.js', 'select.js', 'reach.js', 'arrows.js'])],
]
/** Loaded when a checksum is first wanted, each in one piece and without anything of the others: a worker's script that needs no second request. */
const ALONE = ['digest', 'digest-worker']
const OUTSIDE = ['react', './digest.js']
/** For others' systems, each in one piece as well, so that the rest stays as it is without them. They load the element when they need it. */
const ADAPTERS = ['next', 'medusa', 'tina']
/** The same once more with the WebAssembly in scripts, for what cannot find or fetch a file beside a script. By the name of what is published. */
const INLINE = { inline: 'index', 'element-inline': 'element' }
/** All of it in one script, for `<script src>` without `type="module"`. */
const CLASSIC = 'filechute.min'
/** Each language is a file of its own, wherever the rest is. */
const isLanguage = (id) => /\blocales[\\/](?!index\.js$)[^\\/]+\.js$/.test(id)

/** The WebAssembly as an address that holds it, in modules that are loaded when it is. */
const inlined = {
  name: 'inlined',
  transform: (code) => ({ code: code.replace(/new URL\('(\.\/[\w-]+\.wasm)', import\.meta\.url\)/g, "(await import('$1')).default"), map: null }),
  resolveId: (id) => modules.find((path) => /\.wasm$/.test(id) && basename(path) === basename(id)) ?? null,
  load: (id) => (modules.includes(id) ? `export default 'data:application/wasm;base64,${readFileSync(id, 'base64')}'` : null),
}

const minify = {
  name: 'minify',
  /** Style sheets that are texts in a module. */
  async transform(code) {
    const [whole, sheet] = /\bSTYLE = `([^`]*)`/.exec(code) ?? []
    if (!sheet) return null
    const short = await transform(sheet, { loader: 'css', minify: true, charset: 'utf8' })
    return { code: code.replace(whole, () => `STYLE = \`${short.code.trim()}\``), map: null }
  },
  async renderChunk(code, chunk, { format }) {
    const module = format === 'es'
    const short = await transform(code, {
      minify: true,
      ...(module && { format: 'esm' }),
      target: 'es2022',
      legalComments: 'none',
      // Modules are UTF-8 whatever a server says, and words in other scripts a third of their escapes.
      charset: 'utf8',
    })
    return terser(short.code, {
      module,
      ecma: 2022,
      // Directives stay: a framework's server needs the one of `react.js`.
      compress: { passes: 3, keep_fargs: false, directives: false },
      format: { comments: false },
    })
  },
}

/** Rollup takes directives away. */
const banner = ({ name }) => (name === 'react' ? "'use client';" : '')

function warn({ code, message }) {
  if (code !== 'MODULE_LEVEL_DIRECTIVE') throw new Error(message)
}

/**
 * @param {string[] | Record<string, string>} names of modules, or of modules by the name under which they are published
 * @param {object} output @param {(id: string) => boolean} [isOutside] @param {object[]} [plugins]
 */
async function bundle(names, output, isOutside = (id) => OUTSIDE.includes(id), plugins = []) {
  const named = Array.isArray(names) ? names.map((name) => [name, name]) : Object.entries(names)
  const input = Object.fromEntries(named.map(([as, name]) => [as, join(folder, `${name}.js`)]))
  const joined = await rollup({ input, external: isOutside, onwarn: warn, plugins: [...plugins, minify] })
  await joined.write({ dir: out, format: 'es', freeze: false, banner, chunkFileNames: 'chunk-[name]-[hash:6].js', ...output })
}

/** All that a module reaches by imports that do not wait. */
function reached(id, info, found = new Set()) {
  if (found.has(id)) return found
  found.add(id)
  for (const next of info(id)?.importedIds ?? []) reached(next, info, found)
  return found
}

/** What belongs together, for one run. */
function together() {
  let pieces
  return {
    manualChunks(id, { getModuleInfo }) {
      pieces ??= Object.entries({ core: 'index.js', interface: 'element.js' })
        .map(([name, entry]) => [name, reached(join(folder, entry), getModuleInfo)])
      // What is loaded later is in few pieces, too: together they are a tenth less. Nothing, for a module of none.
      return [...pieces, ...LATER].find(([, modules]) => modules.has(id) || modules.has(basename(id)))?.[0]
    },
  }
}

await bundle(ENTRIES, together())
for (const name of ALONE) await bundle([name], { inlineDynamicImports: true })
for (const name of ADAPTERS) await bundle([name], { inlineDynamicImports: true }, (id) => id === './element.js')
await bundle(INLINE, { ...together(), chunkFileNames: 'inline-[name]-[hash:6].js' }, isLanguage, [inlined])
await bundle({ [CLASSIC]: 'element' }, { format: 'iife', name: 'filechute', inlineDynamicImports: true }, isLanguage, [inlined])
