// The example for Next.js: built for production with the packed package, and started with the embedded store as its S3.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PKG, ROOT } from './env.js'
import { eventually, freePort, start } from './processes.js'
import { startDevHost, temporaryFolder } from './servers.js'

const run = promisify(execFile)
const FOLDER = join(ROOT, 'examples/next')
const NEXT = join(FOLDER, 'node_modules/next/dist/bin/next')
const KEYS = { id: 'next-example', secret: 'known-to-both' }

/** Builds and starts it. */
export async function startNext() {
  if (!existsSync(NEXT)) throw new Error(`Next.js is not installed: run \`npm ci\` in ${FOLDER}`)
  await installPackage()
  const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  await run(process.execPath, [NEXT, 'build'], { cwd: FOLDER, env: { ...process.env, ...env } }).catch((error) => {
    throw new Error(`next build: ${error.stdout}${error.stderr}`)
  })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const host = await startDevHost({ origins: [origin], args: ['--s3-key-pair', `${KEYS.id}:${KEYS.secret}`] })
  const next = start(process.execPath, [NEXT, 'start', '--hostname', '127.0.0.1', '--port', `${port}`], {
    cwd: FOLDER,
    env: {
      ...env,
      AWS_REGION: 'us-east-1',
      AWS_BUCKET_NAME: 'uploads',
      AWS_ACCESS_KEY_ID: KEYS.id,
      AWS_SECRET_ACCESS_KEY: KEYS.secret,
      AWS_ENDPOINT_URL_S3: host.s3,
    },
  })
  await eventually(async () => (await fetch(origin)).text())
  return {
    origin,
    folder: host.folder,
    async stop() {
      await next.stop()
      await host.stop()
    },
  }
}

/** As `npm install filechute-….tgz` would, but without asking a registry anything. */
async function installPackage() {
  const packed = await temporaryFolder()
  const there = join(FOLDER, 'node_modules/filechute')
  const { stdout } = await run('npm', ['pack', PKG, '--json', '--loglevel=error', '--pack-destination', packed.path])
  await rm(there, { recursive: true, force: true })
  await mkdir(there)
  const tarball = join(packed.path, JSON.parse(stdout)[0].filename)
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', there])
  await packed.remove()
}
