// Uppy as an application bundles it, and what both weigh.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { PKG, ROOT } from '../../e2e/lib/env.js'
import { BENCH, BUILT } from './places.js'

/** Bundles Uppy into the folder that the site serves. */
export async function bundle() {
  mkdirSync(BUILT, { recursive: true })
  await build({
    entryPoints: ['dashboard.js', 'headless.js', 'dashboard.css'].map((name) => join(BENCH, 'page', name)),
    outdir: BUILT,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
  })
}

/** Bytes by the measure of `cargo xtask size`. @param {string} entry @param {string[]} others */
function weigh(entry, ...others) {
  const tool = join(ROOT, 'crates/xtask/tools/size.mjs')
  const { raw, gzip, brotli } = JSON.parse(execFileSync('node', [tool, entry, ...others], { encoding: 'utf8' }))
  return { raw, gzip, brotli }
}

/** What a page loads for its first upload, with and without an interface. */
export function sizes() {
  const add = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli })
  const built = (/** @type {string} */ name) => weigh(join(BUILT, name))
  const ours = (/** @type {string} */ name) => weigh(join(PKG, name), join(PKG, 'digest.js'))
  return {
    interface: { ours: ours('element.js'), uppy: add(built('dashboard.js'), built('dashboard.css')) },
    headless: { ours: ours('index.js'), uppy: built('headless.js') },
  }
}

/** Versions of what is compared. */
export function versions() {
  const of = (/** @type {string} */ name) =>
    JSON.parse(readFileSync(join(BENCH, 'node_modules', name, 'package.json'), 'utf8')).version
  return ['@uppy/core', '@uppy/dashboard', '@uppy/aws-s3'].map((name) => `${name} ${of(name)}`)
}
