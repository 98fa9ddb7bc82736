// `<file-chute>` as a control of a form: what it submits, when the form may be sent, and what it tells the page.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig()

inBrowsers((session) => {
  test('receipts in the form; the title and the question before leaving, only meanwhile', async () => {
    await rig.store.rules({ match: { path: 'slowly' }, fault: { kind: 'slow', bytesPerSecond: 2_000_000 } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const form = document.createElement('form')
      document.querySelector('main').append(form)
      document.title = 'Shop'
      const badges = []
      // Not all browsers have one, and none shows it outside of an installed page.
      navigator.setAppBadge = async (count) => void badges.push(count)
      await kit.element(
        { host, name: 'doc', 'value-as': 'receipts', 'page-title': '', 'page-badge': '', 'auto-proceed': '' },
        {},
        { parent: form },
      )
      const asks = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }))
      const before = [document.title, asks()]
      kit.drop([kit.file('slowly.bin', 2_000_000, 1)])
      await kit.until(() => /^\d+\s?% · Shop$/.test(document.title), 'a percentage in the title')
      const meanwhile = asks()
      await kit.event('complete')
      await kit.until(() => document.title === 'Shop', 'the title of before')
      const { key, ...receipt } = JSON.parse(new FormData(form).get('doc'))
      return { before, meanwhile, after: asks(), receipt, badges, right: key === kit.el.value[0] }
    }, rig.url)
    assert.deepEqual(seen.before, ['Shop', false])
    assert.deepEqual([seen.meanwhile, seen.after, seen.right], [true, false, true])
    assert.deepEqual(seen.badges, [1, 0])
    const { name, size, verified, bucket, checksum, url } = seen.receipt
    assert.deepEqual([name, size, verified, bucket], ['slowly.bin', 2_000_000, 'crc64nvme', 'uploads'])
    assert.match(checksum, /^[\w+/]{11}=$/)
    // Where the host says that it can be read.
    const read = await fetch(url)
    assert.deepEqual([read.status, (await read.arrayBuffer()).byteLength], [200, 2_000_000])
  })

  test('what a form control is told by attributes may stand among the options', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({})
      el.options = { host, name: 'docs', required: true, disabled: true, restrictions: { maxNumberOfFiles: 3 } }
      const told = [el.name, el.required, el.disabled, el.getAttribute('name'), el.options.name]
      el.options = { host }
      return [told, [el.name, el.required, el.disabled]]
    }, rig.url)
    // Options that say nothing of them leave the attributes alone.
    assert.deepEqual(seen, [
      ['docs', true, true, 'docs', null],
      ['docs', true, true],
    ])
  })

  test('a form cannot be sent while uploads run, and is complete afterwards', async () => {
    await rig.store.rules({ fault: { kind: 'delay', ms: 300 } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const form = document.createElement('form')
      document.querySelector('main').append(form)
      const el = await kit.element({ host, name: 'doc', required: '' }, {}, { parent: form })
      const state = () => [form.checkValidity(), el.validationMessage]
      const states = [state()]
      kit.drop([kit.file('a.txt', 10, 1)])
      await kit.painted()
      states.push(state())
      kit.press('upload')
      await kit.painted()
      states.push(state())
      await kit.event('complete')
      await kit.painted()
      states.push(state())
      return states
    }, rig.url)
    assert.deepEqual(
      seen.map(([valid]) => valid),
      [false, false, false, true],
    )
    assert.match(seen[0][1], /add a file/i)
    assert.match(seen[2][1], /still running/)
  })

  test('a form that asks for some files cannot be sent with fewer', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const form = document.createElement('form')
      document.querySelector('main').append(form)
      const el = await kit.element(
        { host, name: 'doc', multiple: '', 'min-number-of-files': '2' },
        {},
        { parent: form },
      )
      const look = async () => {
        await kit.painted()
        return [form.checkValidity(), el.validationMessage]
      }
      const none = await look()
      for (const n of [1, 2]) el.uploader.addFile(kit.file(`${n}.txt`, 10, n))
      await el.uploader.upload()
      const two = await look()
      el.uploader.removeFile(el.files[0].id)
      const one = await look()
      el.options = { host, restrictions: { minNumberOfFiles: 1 } }
      el.removeAttribute('min-number-of-files')
      const again = await look()
      return { none, two, one, again }
    }, rig.url)
    assert.deepEqual(seen, {
      none: [true, ''],
      two: [true, ''],
      one: [false, 'Add at least 2 files'],
      again: [true, ''],
    })
  })

  test('a form that is sent as soon as all is uploaded has every key, of few files and of many', async () => {
    for (const count of [2, 300]) {
      const page = await open(await session(), rig.site)
      const seen = await page.run(
        async (host, count) => {
          const form = document.createElement('form')
          document.querySelector('main').append(form)
          const el = await kit.element({ host, name: 'doc', multiple: '' }, {}, { parent: form })
          const uploader = await el.ready
          const seen = {}
          const look = (name) => () => (seen[name] = [new FormData(form).getAll('doc').length, form.checkValidity()])
          // Of these the last counts.
          el.addEventListener('upload-success', look('upload-success'))
          el.addEventListener('complete', look('complete'))
          uploader.on('complete', look('on'))
          await uploader.addFiles(Array.from({ length: count }, (_, at) => new File([`x${at}`], `${at}.txt`)))
          await uploader.upload().then(look('promise'))
          return seen
        },
        rig.url,
        count,
      )
      const all = [count, true]
      assert.deepEqual(seen, { 'upload-success': all, complete: all, on: all, promise: all })
    }
  })

  test('`change` tells when the value is another one, and nothing that people do inside passes for that', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, multiple: '', sortable: '' })
      const heard = []
      for (const name of ['input', 'change']) {
        document.addEventListener(name, (event) => heard.push([name, event.target === el, el.value.length]))
      }
      const input = kit.root().querySelector('input[type=file]')
      for (const name of ['input', 'change'])
        input.dispatchEvent(new Event(name, { bubbles: true, composed: name === 'input' }))
      kit.drop(Array.from({ length: 30 }, (_, n) => kit.file(`${n}.txt`, 10, n)))
      await el.uploader.upload()
      const [last] = heard.slice(-1)
      const early = heard.length
      el.uploader.removeFile(el.files[0].id)
      await kit.until(() => heard.length > early, 'the removal')
      const [removed] = heard.slice(-1)
      el.uploader.clear()
      await kit.until(() => el.value.length === 0 && heard.slice(-1)[0][2] === 0, 'the end')
      return { last, removed, names: [...new Set(heard.map(([name]) => name))], own: heard.every(([, own]) => own) }
    }, rig.url)
    assert.deepEqual(seen, { last: ['change', true, 30], removed: ['change', true, 29], names: ['change'], own: true })
  })
})
