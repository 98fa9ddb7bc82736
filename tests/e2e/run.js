// Runs the files named, or all of them, one after the other: each starts its own servers and browsers, and two at a time
// would only take the machine from each other. A file that fails runs once more, and a pass then is told as flaky:
// real browsers on a busy machine do stumble, and a second stumble at the same place is no accident.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const named = process.argv.slice(2).filter((argument) => argument.endsWith('.test.js'))
const options = process.argv.slice(2).filter((argument) => !argument.endsWith('.test.js'))
const files = named.length > 0 ? named : readdirSync(here).filter((name) => name.endsWith('.test.js'))

/** @param {string} file @returns {Promise<{code: number, output: string}>} */
function runOnce(file) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...options, file], { cwd: here })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

let failed = 0
for (const file of files) {
  const start = Date.now()
  let run = await runOnce(file)
  if (run.code !== 0) {
    console.error(`!!! ${file} failed; once more. What the first run said:\n${withoutCounts(run.output)}`)
    run = await runOnce(file)
    if (run.code === 0) console.error(`!!! ${file} is flaky: it passed the second time`)
  }
  console.log(`${run.output}${file}: ${Math.round((Date.now() - start) / 1000)} s`)
  if (run.code !== 0) failed += 1
}
process.exitCode = failed > 0 ? 1 : 0

/** The counts of a run that is repeated would be added up with those that count. @param {string} output */
function withoutCounts(output) {
  return output.replace(/^ℹ .*$/gm, '')
}
