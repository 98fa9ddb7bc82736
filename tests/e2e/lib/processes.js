// Programs that tests start: each is ended with the test that started it, by its own process group and nothing else.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

// Groups outlive a parent that just exits.
process.on('exit', () => {
  for (const child of running) kill(child, 'SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

/**
 * Starts a program in a group of its own.
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: Record<string, string>, cwd?: string}} [options]
 */
export function start(command, args, { env = {}, cwd } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  /** The last lines it wrote, for messages. @type {string[]} */
  const said = []
  /** @type {Set<(line: string) => void>} */
  const hearers = new Set()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line)
      if (said.length > 40) said.shift()
      for (const hear of hearers) hear(line)
    })
  }
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`))
  }).then((how) => {
    running.delete(child)
    return how
  })
  return {
    said,
    pid: child.pid,
    /** Ends it and waits until it is gone. */
    async stop() {
      kill(child, 'SIGTERM')
      const hard = setTimeout(() => kill(child, 'SIGKILL'), 3000)
      await ended
      clearTimeout(hard)
      // Whatever it started and left behind.
      kill(child, 'SIGKILL')
    },
    /** Resolves to the first match of a line that it writes. @param {RegExp} pattern */
    line(pattern) {
      return new Promise((resolve, reject) => {
        const hear = (/** @type {string} */ line) => {
          const match = pattern.exec(line)
          if (!match) return
          hearers.delete(hear)
          resolve(match)
        }
        for (const line of said) hear(line)
        hearers.add(hear)
        ended.then((how) => reject(new Error(`${command}: ${how}\n${said.join('\n')}`)))
      })
    },
    /** Resolves once `test` does not throw. @param {() => Promise<unknown>} test */
    async until(test) {
      let gone = ''
      ended.then((how) => {
        gone = String(how)
      })
      await eventually(async () => {
        if (gone) throw Object.assign(new Error(`${command}: ${gone}\n${said.join('\n')}`), { final: true })
        await test()
      }, 60_000)
    },
  }
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function kill(child, signal) {
  try {
    if (child.pid) process.kill(-child.pid, signal)
  } catch {
    // It is gone already.
  }
}

/**
 * Tries until `test` does not throw, and gives what it gives. The deadline only decides when a broken run ends.
 * @template T @param {() => T | Promise<T>} test @param {number} [limit] @returns {Promise<T>}
 */
export async function eventually(test, limit = 20_000) {
  const end = Date.now() + limit
  for (;;) {
    try {
      return await test()
    } catch (error) {
      if (error.final || Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** A port of 127.0.0.1 that is free now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })
}
