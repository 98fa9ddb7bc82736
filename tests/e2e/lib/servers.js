// The project's own programs: the host, with or without its embedded store, and the fault proxy.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO_BIN, FAULTS_BIN, HOST_BIN, LEPTOS_DEMO, PKG, ROOT } from './env.js'
import { freePort, start } from './processes.js'

/** A folder that goes away with the test. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'filechute-e2e-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/**
 * A host with its embedded store.
 * @param {{origins: string[], env?: Record<string, string>, s3Port?: number, s3Endpoint?: string, args?: string[]}} options
 */
export async function startDevHost({ origins, env = {}, s3Port = 0, s3Endpoint, args = [] }) {
  const data = await temporaryFolder()
  const child = start(
    HOST_BIN,
    [
      ...['--dev', '--listen', '127.0.0.1:0', '--s3-listen', `127.0.0.1:${s3Port}`, '--data', data.path],
      ...origins.flatMap((origin) => ['--allow-origin', origin]),
      ...(s3Endpoint ? ['--s3-endpoint', s3Endpoint] : []),
      ...args,
    ],
    { env },
  )
  const [, url] = await child.line(/^filechute-host: (http:.*)$/)
  const [, s3] = await child.line(/^filechute-host s3: (http:.*)$/)
  return {
    url,
    s3,
    folder: join(data.path, 'uploads'),
    said: child.said,
    async stop() {
      await child.stop()
      await data.remove()
    },
  }
}

/**
 * A host that signs for a store of its own. `env` says which.
 * @param {{origins: string[], env: Record<string, string>}} options
 */
export async function startHost({ origins, env }) {
  const args = ['--listen', '127.0.0.1:0', ...origins.flatMap((origin) => ['--allow-origin', origin])]
  const child = start(HOST_BIN, args, { env: { FILECHUTE_ANONYMOUS: 'true', ...env } })
  const [, url] = await child.line(/^filechute-host: (http:.*)$/)
  return { url, said: child.said, stop: child.stop }
}

/** What `cargo xtask demo` starts: the site, a host with its store, and a fault proxy in front of that. */
export async function startDemo() {
  const data = await temporaryFolder()
  const mounts = [`/=${join(ROOT, 'www')}`, `/pkg=${PKG}`, ...(LEPTOS_DEMO ? [`/leptos=${LEPTOS_DEMO}`] : [])]
  const child = start(DEMO_BIN, [
    ...['--listen', '127.0.0.1:0', '--data', data.path],
    ...mounts.flatMap((mount) => ['--serve', mount]),
  ])
  const [, url] = await child.line(/^filechute-demo: (http:.*)$/)
  return {
    url,
    folder: join(data.path, 'uploads'),
    async stop() {
      await child.stop()
      await data.remove()
    },
  }
}

/** @typedef {{match?: object, skip?: number, times?: number | null, fault: {kind: string, [name: string]: unknown}}} Rule */

/** A fault proxy in front of `to`. @param {string} to @param {number} [port] */
export async function startFaults(to, port = 0) {
  const child = start(FAULTS_BIN, ['--listen', `127.0.0.1:${port}`, '--to', to])
  const [, url] = await child.line(/^filechute-faults: (http:.*)$/)
  /** @param {string} path @param {RequestInit} [init] */
  const control = async (path, init) => {
    const response = await fetch(`${url}/__faults${path}`, init)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }
  return {
    url,
    stop: child.stop,
    control,
    /** Replaces all rules. @param {...Rule} rules */
    rules: (...rules) => control('', { method: 'POST', body: JSON.stringify(rules) }),
    /** What came by since the last `reset`. */
    log: () => control('/log'),
    stats: () => control('/stats'),
    /** Forgets rules, log and figures. */
    async reset() {
      for (const path of ['', '/log', '/stats']) await control(path, { method: 'DELETE' })
    },
  }
}

/**
 * A host with its embedded store, and a fault proxy in front of each of the two.
 * @param {{origins: string[], env?: Record<string, string>, args?: string[]}} options
 */
export async function startBreakable({ origins, env, args }) {
  // The store's address is signed, so it has to be the proxy's, which has to know the store's.
  const [storePort, proxyPort] = [await freePort(), await freePort()]
  const s3Endpoint = `http://127.0.0.1:${proxyPort}`
  const host = await startDevHost({ origins, env, args, s3Port: storePort, s3Endpoint })
  const store = await startFaults(`http://127.0.0.1:${storePort}`, proxyPort)
  const signer = await startFaults(host.url)
  return {
    /** What pages are given as `host`. */
    url: signer.url,
    folder: host.folder,
    /** The proxies: before the store, before the host. */
    store,
    signer,
    said: host.said,
    async reset() {
      await Promise.all([store.reset(), signer.reset()])
    },
    async stop() {
      await Promise.all([store.stop(), signer.stop()])
      await host.stop()
    },
  }
}
