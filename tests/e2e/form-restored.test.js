// What the browser brought back to a form, beside what is uploaded now; and a form that is reset.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

inBrowsers((session) => {
  test('a form that was reset sends nothing', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const form = document.createElement('form')
      document.body.append(form)
      await kit.element({ host, name: 'docs', multiple: '' }, {}, { parent: form })
      const { uploader } = kit.el
      for (let n = 0; n < 3; n += 1) uploader.addFile(kit.file(`${n}.txt`, 10, n))
      await uploader.upload()
      await kit.painted()
      const before = new FormData(form).getAll('docs').length
      form.reset()
      return {
        before,
        after: new FormData(form).getAll('docs').length,
        value: kit.el.value.length,
        valid: form.checkValidity(),
      }
    }, rig.url)
    assert.deepEqual(seen, { before: 3, after: 0, value: 0, valid: true })
  })

  test('what the browser brought back is still shown after the element was out of the page', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, name: 'docs' })
      const el = document.querySelector('file-chute')
      await el.ready
      await el.formStateRestoreCallback(JSON.stringify([{ key: 'k1', name: 'one.txt', size: 3 }]), 'restore')
      await new Promise((r) => setTimeout(r, 200))
      const look = () => ({ value: el.value, shown: el.shadowRoot.querySelectorAll('[part~=restored] bdi').length })
      const before = look()
      const home = el.parentNode
      el.remove()
      await new Promise((r) => setTimeout(r, 200))
      home.append(el)
      await new Promise((r) => setTimeout(r, 500))
      return { before, after: look() }
    }, rig.url)
    assert.deepEqual([seen.before.value, seen.before.shown], [['k1'], 1])
    assert.deepEqual(seen.after, seen.before)
  })

  test('what the browser brings back while the element is out of the page is there when it is back', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, name: 'docs' })
      await el.ready
      const home = el.parentNode
      const bringing = el.formStateRestoreCallback(JSON.stringify([{ key: 'k1', name: 'one.txt', size: 3 }]), 'restore')
      el.remove()
      await bringing
      await kit.painted()
      home.append(el)
      await kit.until(() => kit.root().querySelector('[part~=restored] bdi'), 'the row')
      return el.value
    }, rig.url)
    assert.deepEqual(seen, ['k1'])
  })

  test('after it was out of the page the list has a row for each file and no other', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, name: 'docs', multiple: '' })
      const { el } = kit
      await el.formStateRestoreCallback(JSON.stringify([{ key: 'k1', name: 'one.txt', size: 3 }]), 'restore')
      el.uploader.addFile(kit.file('2.txt', 10, 1))
      await kit.painted()
      const before = kit.rows().map(({ name }) => name)
      const home = el.parentNode
      el.remove()
      await kit.painted()
      home.append(el)
      await kit.painted()
      await kit.painted()
      return { before, after: kit.rows().map(({ name }) => name) }
    }, rig.url)
    assert.deepEqual(seen.after, seen.before)
  })

  test('an element for one picture that was out of the page still replaces it', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, name: 'docs', mode: 'image' })
      const { el } = kit
      await el.formStateRestoreCallback(JSON.stringify([{ key: 'k1', name: 'one.png', size: 3 }]), 'restore')
      const home = el.parentNode
      el.remove()
      await kit.painted()
      home.append(el)
      await kit.painted()
      for (const n of [1, 2]) {
        el.uploader.addFile(kit.file(`${n}.png`, 10, n, 'image/png'))
        await kit.painted()
      }
      return {
        files: el.uploader.getFiles().map(({ name }) => name),
        shown: kit.root().querySelector('.fc-picture')?.hidden === false,
      }
    }, rig.url)
    assert.deepEqual(seen.files, ['2.png'])
  })

  test('what is new takes the place of what the browser brought back, where there is no room for both', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, name: 'docs', multiple: '', 'max-number-of-files': '3' })
      const { el } = kit
      const state = ['k1', 'k2'].map((key) => ({ key, name: `${key}.txt`, size: 3 }))
      await el.formStateRestoreCallback(JSON.stringify(state), 'restore')
      const look = async () => {
        await kit.painted()
        return [...kit.root().querySelectorAll('[part~=restored] bdi')].map((node) => node.textContent)
      }
      const all = []
      for (const n of [1, 2, 3]) {
        el.uploader.addFile(kit.file(`${n}.txt`, 10, n))
        await el.uploader.upload()
        all.push([await look(), el.value.length])
      }
      return all
    }, rig.url)
    assert.deepEqual(seen, [
      [['k1.txt', 'k2.txt'], 3],
      [['k2.txt'], 3],
      [[], 3],
    ])
  })

  test('what the browser brought back keeps the focus while something new is uploaded', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, name: 'docs', multiple: '' })
      const { el } = kit
      await el.formStateRestoreCallback(JSON.stringify([{ key: 'k1', name: 'k1.txt', size: 3 }]), 'restore')
      await kit.painted()
      const button = kit.root().querySelector('[part~=restored] button')
      button.focus()
      el.uploader.addFile(kit.file('1.txt', 10, 1))
      await el.uploader.upload()
      await kit.painted()
      return [button.isConnected, kit.root().activeElement === button, el.value.length]
    }, rig.url)
    assert.deepEqual(seen, [true, true, 2])
  })

  test('what the browser brought back stays in the value when the others are put in another order', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, name: 'docs', multiple: '', sortable: '' })
      const { el } = kit
      await el.formStateRestoreCallback(JSON.stringify([{ key: 'k1', name: 'one.txt', size: 3 }]), 'restore')
      for (let n = 0; n < 2; n += 1) el.uploader.addFile(kit.file(`${n}.txt`, 10, n))
      await el.uploader.upload()
      await kit.painted()
      const before = el.value.length
      await kit.until(() => kit.root().querySelector('.fc-handle'))
      // By hand: pick the first up, one down, put it there.
      const handle = kit.root().querySelector('.fc-handle')
      handle.focus()
      for (const key of [' ', 'ArrowDown', ' ']) {
        const on = kit.root().activeElement ?? handle
        on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }))
        if (key === ' ') on.click()
        await kit.painted()
      }
      return {
        before,
        after: el.value.length,
        order: el.files.map((f) => f.name),
        shown: kit.root().querySelectorAll('[part~=restored] bdi').length,
      }
    }, rig.url)
    assert.deepEqual([seen.before, seen.after, seen.order], [3, 3, ['1.txt', '0.txt']])
  })

  for (const [name, attributes] of Object.entries({ 'for one file': {}, 'for one picture': { mode: 'image' } })) {
    test(`an element ${name} has one value after the browser brought one back and another was chosen`, async () => {
      const page = await open(await session(), rig.site)
      const seen = await page.run(
        async (host, attributes) => {
          await kit.element({ host, name: 'docs', ...attributes })
          const { el } = kit
          await el.formStateRestoreCallback(JSON.stringify([{ key: 'k1', name: 'one.png', size: 3 }]), 'restore')
          el.uploader.addFile(kit.file('two.png', 10, 1, 'image/png'))
          await el.uploader.upload()
          await kit.painted()
          return { value: el.value.length }
        },
        rig.url,
        attributes,
      )
      assert.equal(seen.value, 1)
    })
  }
})
