// node bundle.mjs FOLDER OUT: joins the modules in FOLDER to what is published, minified, in OUT.
//
// Rollup joins, for it can be told what belongs together: all that `index.js` reaches at once is one piece, and all that
// `element.js` adds to it another. Each piece is compressed by itself, so few large ones are smaller than many. What is
// imported when it is first needed becomes pieces of its own. esbuild and terser minify, one after the other: together they make
// less of it than either alone, by 0.9 kB after brotli.
import { readdirSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { minify as terser } from 'terser'

const [folder, out] = [realpathSync(process.argv[2]), process.argv[3]]
/** What people import. */
const ENTRIES = ['index', 'element', 'react', ...readdirSync(join(folder, 'locales')).filter((name) => /\.js$/.test(name) && name !== 'index.js').map((name) => `locales/${name.slice(0, -3)}`)]
/** Pieces of what is loaded when it is first needed, by name. @type {[string, Set<string>][]} */
const LATER = [
  ['forms', new Set(['editor.js', 'restored.js', 'unfinished.js'])],
  ['lists', new Set(['sort.js', 'select.js', 'reach.js'])],
]
/** Loaded when a checksum is first wanted, each in one piece and without anything of the others: a worker's script that needs no second request. */
const ALONE = ['digest', 'digest-worker']
const OUTSIDE = ['react', './digest.js']
/** For others' systems, each in one piece as well, so that the rest stays as it is without them. They load the element when they need it. */
const ADAPTERS = ['next', 'medusa', 'tina']

const minify = {
  name: 'minify',
  /** Style sheets that are texts in a module. */
  async transform(code) {
    const [whole, sheet] = /\bSTYLE = `([^`]*)`/.exec(code) ?? []
    if (!sheet) return null
    const short = await transform(sheet, { loader: 'css', minify: true, charset: 'utf8' })
    return { code: code.replace(whole, () => `STYLE = \`${short.code.trim()}\``), map: null }
  },
  async renderChunk(code) {
    const short = await transform(code, {
      minify: true,
      format: 'esm',
      target: 'es2022',
      legalComments: 'none',
      // Modules are UTF-8 whatever a server says, and words in other scripts a third of their escapes.
      charset: 'utf8',
    })
    return terser(short.code, {
      module: true,
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

/** @param {string[]} names @param {object} output @param {string[]} [outside] */
async function bundle(names, output, outside = OUTSIDE) {
  const input = Object.fromEntries(names.map((name) => [name, join(folder, `${name}.js`)]))
  const joined = await rollup({ input, external: (id) => outside.includes(id), onwarn: warn, plugins: [minify] })
  await joined.write({ dir: out, format: 'es', banner, chunkFileNames: 'chunk-[name]-[hash].js', ...output })
}

/** All that a module reaches by imports that do not wait. */
function reached(id, info, found = new Set()) {
  if (found.has(id)) return found
  found.add(id)
  for (const next of info(id)?.importedIds ?? []) reached(next, info, found)
  return found
}

let pieces
await bundle(ENTRIES, {
  manualChunks(id, { getModuleInfo }) {
    pieces ??= Object.entries({ core: 'index.js', interface: 'element.js' })
      .map(([name, entry]) => [name, reached(join(folder, entry), getModuleInfo)])
    // What is loaded later is in few pieces, too: together they are a tenth less. Nothing, for a module of none.
    return [...pieces, ...LATER].find(([, modules]) => modules.has(id) || modules.has(basename(id)))?.[0]
  },
})
for (const name of ALONE) await bundle([name], { inlineDynamicImports: true })
for (const name of ADAPTERS) await bundle([name], { inlineDynamicImports: true }, ['./element.js'])
