// The type check of the package's JavaScript, and of the ways in which applications import its types: both module
// resolutions, with the checks of declaration files left on.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../../..')
const source = join(root, 'crates/npm/js')

// The package as it will be, without what only a build can make: types do not need it. A copy, since a link would
// look for React's types beside the original.
const installed = join(here, 'node_modules/filechute')
rmSync(installed, { recursive: true, force: true })
mkdirSync(installed, { recursive: true })
for (const name of readdirSync(source).filter((name) => /\.(js|d\.ts)$/.test(name))) {
  cpSync(join(source, name), join(installed, name))
}
cpSync(join(root, 'pkg/package.json'), join(installed, 'package.json'))

let failed = 0
for (const project of ['source.json', 'nodenext.json', 'bundler.json', 'frameworks.json']) {
  const { status } = spawnSync(join(here, '../node_modules/.bin/tsc'), ['--noEmit', '--project', join(here, project)], {
    stdio: 'inherit',
  })
  if (status !== 0) {
    failed += 1
    console.error(`types: ${project} failed`)
  }
}
process.exitCode = failed > 0 ? 1 : 0
