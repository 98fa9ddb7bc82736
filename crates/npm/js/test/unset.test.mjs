// `null` in a patch takes an option back, each of them: what holds afterwards is what held before it was set.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULTS, STEPS } from '../options.js'
import { Uploader } from '../uploader.js'
import { coreOf } from './engine.mjs'

const Core = coreOf()
const never = () => new Promise(() => {})
/** What the driver is given. @param {string} name @returns {(uploader: Uploader, options: Record<string, any>) => unknown} */
const given = (name) => (_, options) => options[name] ?? DEFAULTS[name]

/** An option, a value that changes something, and what to look at. @type {Array<[string, any, (uploader: Uploader, options: Record<string, any>) => unknown]>} */
const TABLE = [
  ['shouldUseMultipart', true, (uploader) => asks(uploader)],
  ['shouldUseMultipart', () => true, (uploader) => asks(uploader)],
  ['shouldUseMultipart', false, (uploader) => asks(uploader, 101 << 20)],
  ['checksum', 'sha256', (_, { checksum }) => checksum],
  ['limit', 1, async (uploader) => (await begun(uploader)).length],
  ['allowMultipleUploadBatches', false, (uploader) => second(uploader)],
  ['restrictions', { maxNumberOfFiles: 0 }, (uploader) => attempt(() => uploader.addFile(new File(['r'], 'r.txt')))],
  ['onBeforeFileAdded', () => false, (uploader) => attempt(() => uploader.addFile(new File(['o'], 'o.txt')))],
  ['meta', { album: 'Summer' }, (uploader) => uploader.getFile(uploader.addFile(new File(['m'], 'm.txt'))).meta.album],
  ['autoProceed', true, (uploader) => proceeds(uploader)],
  ['retryDelays', [5], given('retryDelays')],
  ['headers', { 'x-a': '1' }, given('headers')],
  ['credentials', 'include', given('credentials')],
  ['timeout', 5000, given('timeout')],
  ['allowedMetaFields', ['album'], given('allowedMetaFields')],
  ['allowedOrigins', ['https://b.example'], given('allowedOrigins')],
  ['allowInsecure', true, given('allowInsecure')],
  ['allowAuthorization', true, given('allowAuthorization')],
  ['resume', 'mine', given('resume')],
  ['directories', false, given('directories')],
  ['locale', { cancel: 'Halt' }, given('locale')],
  ['getChunkSize', () => 6 << 20, (_, options) => options.planParts?.({ size: 1 })?.partSize],
  ['onBeforeUpload', () => false, (uploader) => uploader.upload().then(() => 'begins', () => 'does not begin')],
]

/** @param {() => unknown} act */
function attempt(act) {
  try {
    act()
    return 'taken'
  } catch {
    return 'refused'
  }
}

/** What the source is asked first about a file of that size. @param {Uploader} uploader */
async function asks(uploader, size = 5) {
  const file = new File(['x'], `${size}-${Math.random()}.bin`)
  Object.defineProperty(file, 'size', { value: size })
  const done = new Promise((resolve) => {
    uploader.steps = resolve
  })
  uploader.addFile(file)
  void uploader.upload()
  return done
}

/** Files that are asked for at once. @param {Uploader} uploader */
async function begun(uploader) {
  const seen = []
  uploader.steps = (step) => seen.push(step)
  for (let at = 0; at < 4; at += 1) uploader.addFile(new File(['x'], `${at}-${Math.random()}.bin`))
  void uploader.upload()
  await new Promise((resolve) => setTimeout(resolve, 30))
  return seen
}

/** @param {Uploader} uploader */
async function proceeds(uploader) {
  let asked = false
  uploader.steps = () => (asked = true)
  uploader.addFile(new File(['p'], 'p.txt'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  return asked
}

/** @param {Uploader} uploader */
async function second(uploader) {
  uploader.addFile(new File(['a'], 'a.txt'))
  void uploader.upload()
  return attempt(() => uploader.addFile(new File(['b'], 'b.txt')))
}

/** A new one, given these patches. @param {Record<string, any>[]} patches */
async function look(patches, act) {
  const given = {}
  class Spy extends Core {
    constructor(options, notify) {
      Object.assign(given, options)
      super(options, notify)
    }

    setOptions(options) {
      Object.assign(given, options)
      super.setOptions(options)
    }
  }
  /** @type {any} */
  const uploader = new Uploader(Spy, {
    getUploadParameters: () => {
      uploader.steps?.('whole')
      return never()
    },
    createMultipartUpload: () => {
      uploader.steps?.('parts')
      return never()
    },
    signPart: never, listParts: never, completeMultipartUpload: never, abortMultipartUpload: never, resume: false,
  })
  for (const patch of patches) uploader.setOptions(patch)
  const seen = await act(uploader, given)
  uploader.destroy()
  return seen
}

test('each of them', () => {
  const missing = Object.keys(DEFAULTS).filter((name) => !TABLE.some(([known]) => known === name))
  assert.deepEqual(missing, [])
})

test('a hook for a step is gone', async () => {
  const steps = async (patches) => look(patches, (uploader) => asks(uploader, 101 << 20))
  assert.equal(await steps([]), 'parts')
  // Without all of them files go whole.
  const none = Object.fromEntries(STEPS.map((name) => [name, null]))
  assert.equal(await steps([none]), 'whole')
})

for (const [name, value, act] of TABLE) {
  test(`${name}: ${value}`, async () => {
    const usual = await look([], act)
    assert.notDeepEqual(await look([{ [name]: value }], act), usual, 'it changes something')
    // As in Uppy, `null` is a value of the delays: never. Resuming is turned off in here, and not by default.
    const after = { retryDelays: [], resume: true }[name] ?? usual
    assert.deepEqual(await look([{ [name]: value }, { [name]: null }], act), after)
  })
}
