// The React quick start, as it is written, bundled as an application would and run in a browser.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { inBrowsers } from './lib/browsers.js'
import { PKG } from './lib/env.js'
import { open } from './lib/page.js'
import { projectWithReact } from './lib/project.js'
import { withRig } from './lib/rig.js'
import { sameFile } from './lib/verify.js'

const rig = withRig()

const APP = `
import { Activity, StrictMode, Suspense, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { FileChute } from 'filechute/react'

function App() {
  const [key, setKey] = useState('')
  const [shown, setShown] = useState(true)
  const [limit, setLimit] = useState(6)
  const [keys, setKeys] = useState([])
  window.app = { setShown, setLimit, keys }
  return <main>
    {shown && <FileChute host={window.host} multiple limit={limit} onValueChange={setKeys} onUploadSuccess={(file) => setKey(file.meta.key)} />}
    <output>{key}</output>
  </main>
}
/** Suspends while there is something to wait for. */
function Waits() {
  if (window.wait) throw window.wait
}

/** As a form that fetches something, or a tab that is not shown, while files are on their way. */
function Covered() {
  const [mode, setMode] = useState('visible')
  const [turn, setTurn] = useState(0)
  const [waited, setWaited] = useState([])
  const [away, setAway] = useState([])
  window.covered = { setMode, setTurn, waited, away }
  return <>
    <Suspense fallback={<p>wait</p>}>
      <FileChute id="waited" host={window.host} multiple onValueChange={setWaited} />
      <Waits turn={turn} />
    </Suspense>
    <Activity mode={mode}><FileChute id="away" host={window.host} multiple onValueChange={setAway} /></Activity>
  </>
}
window.cover = () => createRoot(document.body.appendChild(document.createElement('section'))).render(<StrictMode><Covered /></StrictMode>)

createRoot(document.querySelector('main')).render(<StrictMode><App /></StrictMode>)
`

let project
/** The bundle and what it loads, by name. */
let files
before(async () => {
  project = await projectWithReact()
  await writeFile(join(project.path, 'app.jsx'), APP)
  await build({
    entryPoints: [join(project.path, 'app.jsx')],
    outdir: join(project.path, 'out'),
    bundle: true,
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
  })
  files = join(project.path, 'out')
})
after(() => project?.remove())

inBrowsers((session) => {
  test('onUploadSuccess gives the key; props reach the element; strict mode and unmounting leave one element, then none', async () => {
    // esbuild leaves addresses made with import.meta.url alone: what they name lies beside the bundle.
    rig.site.serve('/react/', [files, PKG])
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      window.host = host
      await kit.load('/react/app.js')
      kit.el = await kit.until(() => document.querySelector('file-chute'), 'the element')
      await kit.el.ready
      await kit.painted()
      kit.drop([kit.file('a.bin', 700, 700)])
      await kit.painted()
      kit.press('upload')
    }, rig.url)
    const key = await page.run(() => kit.until(() => document.querySelector('output').textContent, 'the key'))
    await sameFile(rig.folder, key, 700, 700)
    // Many at once: what was uploaded before a page has rendered is there all the same.
    const kept = await page.run(async () => {
      await kit.el.uploader.addFiles(Array.from({ length: 30 }, (_, n) => kit.file(`${n}.txt`, 10, n)))
      await kit.el.uploader.upload()
      await kit.until(() => window.app.keys.length === 31, 'all keys in the state')
      return window.app.keys.join() === kit.el.value.join()
    })
    assert.ok(kept)
    const seen = await page.run(async () => {
      const counts = [document.querySelectorAll('file-chute').length]
      window.app.setLimit(2)
      await kit.until(() => kit.el.getAttribute('limit') === '2' || kit.el.limit === 2, 'the new limit')
      const same = document.querySelector('file-chute') === kit.el
      window.app.setShown(false)
      await kit.until(() => !document.querySelector('file-chute'), 'its end')
      counts.push(document.querySelectorAll('file-chute').length)
      return { counts, same, messages: (await kit.traces()).messages, console: (await kit.traces()).console }
    })
    assert.deepEqual(seen.counts, [1, 0])
    assert.ok(seen.same, 'new props do not make a new element')
    assert.equal(seen.messages, '')
    assert.doesNotMatch(seen.console, /error: /)
  })

  test('what is uploaded while a boundary shows its fallback is told, and what is uploaded while it is hidden when it is shown', async () => {
    rig.site.serve('/react/', [files, PKG])
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      window.host = host
      await kit.load('/react/app.js')
      window.cover()
      const [waited, away] = await kit.until(() => {
        const both = ['waited', 'away'].map((id) => document.getElementById(id))
        return both.every(Boolean) && both
      }, 'the elements')
      await Promise.all([waited.ready, away.ready])
      const upload = async (el) => {
        await el.uploader.addFiles([kit.file('a.bin', 70, 1), kit.file('b.bin', 70, 2)])
        await el.uploader.upload()
      }
      const isShown = (el) => getComputedStyle(el).display !== 'none'
      let free
      window.wait = new Promise((resolve) => {
        free = resolve
      })
      window.covered.setTurn(1)
      await kit.until(() => !isShown(waited), 'the fallback')
      await upload(waited)
      window.wait = undefined
      free()
      await kit.until(() => isShown(waited), 'the content')
      await kit.until(() => window.covered.waited.length === 2, 'the keys of the one below the boundary')

      window.covered.setMode('hidden')
      await kit.until(() => !isShown(away), 'it to be hidden')
      await upload(away)
      const meanwhile = window.covered.away.length
      window.covered.setMode('visible')
      await kit.until(() => window.covered.away.length === 2, 'the keys of the one that was hidden')
      return {
        meanwhile,
        same: [waited.value.join() === window.covered.waited.join(), away.value.join() === window.covered.away.join()],
      }
    }, rig.url)
    assert.deepEqual(seen, { meanwhile: 0, same: [true, true] })
  })
})
