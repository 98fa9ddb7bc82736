// A project that has the package, and React, installed.

import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { E2E, PKG } from './env.js'
import { temporaryFolder } from './servers.js'

export async function projectWithReact() {
  const project = await temporaryFolder()
  const modules = join(project.path, 'node_modules')
  await mkdir(modules)
  await cp(PKG, join(modules, 'filechute'), { recursive: true })
  for (const name of ['react', 'react-dom', 'scheduler']) {
    await cp(join(E2E, 'node_modules', name), join(modules, name), { recursive: true })
  }
  return project
}
