// `cargo xtask demo` as tools rely on it: port, folder, the one line, the routes, the browser it opens or not, its end.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { DEMO_BIN, ROOT, XTASK_BIN } from './lib/env.js'
import { eventually, freePort } from './lib/processes.js'
import { temporaryFolder } from './lib/servers.js'

const skip = process.platform !== 'linux' && 'the opener of this system cannot be stood in for'

let scratch
before(async () => {
  scratch = await temporaryFolder()
  // Stands in for the desktop's browser: writes down what it is asked to open.
  const opener = join(scratch.path, 'xdg-open')
  await writeFile(opener, `#!/bin/sh\necho "$1" >> "${join(scratch.path, 'opened')}"\n`)
  await chmod(opener, 0o755)
})
after(() => scratch?.remove())

const opened = () => readFile(join(scratch.path, 'opened'), 'utf8').catch(() => '')

/** Runs the command until `use` is done with it. @param {string[]} args @param {(demo: any) => Promise<void>} use */
async function demo(args, use) {
  const env = {
    ...process.env,
    // A person at a desktop.
    CI: '',
    DISPLAY: ':0',
    PATH: `${scratch.path}${delimiter}${process.env.PATH}`,
    FILECHUTE_DEMO_BIN: DEMO_BIN,
  }
  const child = spawn(XTASK_BIN, ['demo', ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (text) => (said.out += text))
  child.stderr.on('data', (text) => (said.err += text))
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
  try {
    // It sees that everything is built, which takes seconds; the deadline is for a broken run.
    await eventually(async () => {
      if (child.exitCode !== null) throw Object.assign(new Error(said.err), { final: true })
      assert.match(said.out, /\n/)
    }, 120_000)
    await use({ said, ended, interrupt: () => child.kill('SIGINT') })
  } finally {
    child.kill('SIGINT')
    await ended
  }
}

/** Whether anybody listens there. @param {number} port */
const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true) || socket.destroy())
    socket.once('error', () => resolve(false))
  })

test('the line, the page, the routes, the objects as files; no browser; its end', { skip }, async () => {
  const port = await freePort()
  const data = join(scratch.path, 'objects')
  await demo(['--port', `${port}`, '--data', data, '--no-open'], async ({ said, ended, interrupt }) => {
    const url = `http://127.0.0.1:${port}`
    assert.equal(said.out, `filechute demo: ${url}\n`)
    const page = await fetch(`${url}/`)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<file-chute/)
    for (const path of ['/pkg/element.js', '/leptos/']) assert.equal((await fetch(url + path)).status, 200, path)

    const { url: to, fields, key } = await (await fetch(`${url}/s3/params?filename=a.txt&type=text/plain`)).json()
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('file', new Blob(['hello']), 'a.txt')
    const stored = await fetch(to, { method: 'POST', body: form })
    assert.equal(stored.status, 201, await stored.text())
    const [bucket] = (await readdir(data)).filter((name) => !name.startsWith('.'))
    assert.equal(await readFile(join(data, bucket, key), 'utf8'), 'hello')

    assert.equal(await opened(), '')
    interrupt()
    assert.equal(await ended, 130)
    await eventually(async () => assert.equal(await listens(port), false))
    assert.equal(said.out, `filechute demo: ${url}\n`)
  })
})

test('without --no-open a browser is sent there', { skip }, async () => {
  const port = await freePort()
  await demo(['--port', `${port}`, '--data', join(scratch.path, 'others')], async () => {
    await eventually(async () => assert.equal(await opened(), `http://127.0.0.1:${port}\n`))
  })
})

test('a port that is taken: told at once, with a way out', { skip }, async () => {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  try {
    await assert.rejects(
      demo(['--port', `${port}`, '--no-open'], async () => {}),
      (error) => error.message.includes(`${port}`) && error.message.includes('--port'),
    )
  } finally {
    server.close()
  }
})
