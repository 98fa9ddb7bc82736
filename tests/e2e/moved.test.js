// `<file-chute>` taken to another place of its page, or to another document: uploads go on, the list and its looks stay.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { sameFile } from './lib/verify.js'

const rig = withRig()

inBrowsers((session) => {
  test('moved in the document while uploading: the upload goes on, the list stays', async () => {
    await rig.store.rules({ fault: { kind: 'delay', ms: 300 } })
    const page = await open(await session(), rig.site)
    const { row, key } = await page.run(async (host) => {
      const el = await kit.element({ host, 'auto-proceed': '' })
      kit.drop([kit.file('moved.bin', 400, 400)])
      await kit.event('upload-start')
      const box = document.createElement('section')
      document.body.append(box)
      box.append(el)
      await kit.event('complete')
      await kit.painted()
      return { row: kit.rows()[0], key: el.value[0] }
    }, rig.url)
    assert.deepEqual([row.name, row.words], ['moved.bin', 'Uploaded'])
    await sameFile(rig.folder, key, 400, 400)
    await page.sweep()
  })

  test('changed just before or after it is taken out: what was changed counts, and nothing throws', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const wrong = []
      addEventListener('error', (event) => wrong.push(event.message))
      const el = await kit.element({ host })
      const { uploader } = el
      const sent = []
      const setOptions = uploader.setOptions.bind(uploader)
      uploader.setOptions = (patch) => {
        sent.push(patch.limit)
        setOptions(patch)
      }
      el.remove()
      el.limit = 2
      await kit.painted()
      // In something whose `host` is a text as well.
      const link = Object.assign(document.createElement('a'), { href: 'https://shop.example/' })
      link.append(el)
      el.limit = 3
      await kit.painted()
      return { wrong, sent }
    }, rig.url)
    assert.deepEqual(seen, { wrong: [], sent: [2, 3] })
  })

  // A shadow root loses its style sheets on the way into another document, also those of what was loaded late.
  test("moved into a frame's document while uploading, and back: the same, and it looks as before", async () => {
    await rig.store.rules({ fault: { kind: 'delay', ms: 300 } })
    const page = await open(await session(), rig.site)
    const { looks, rows, keys } = await page.run(async (host) => {
      const el = await kit.element({ host, multiple: '', selectable: '' })
      const home = el.parentElement
      kit.drop([kit.file('a.bin', 400, 400), kit.file('b.bin', 500, 500)])
      await kit.until(() => kit.root().querySelector('.fc-row [part="check"]'), 'the checkboxes')
      await kit.painted()
      const styles = ['display', 'position', 'width', 'height', 'margin', 'padding', 'color']
      const look = () =>
        ['.fc', '.fc-drop', '.fc-row', '.fc-row [part="check"]', '.fc-chosen'].map((selector) => {
          const node = kit.root().querySelector(selector)
          if (!node) return selector
          const style = getComputedStyle(node)
          return [selector, ...styles.map((name) => style[name])].join(' ')
        })
      const wide = home.getBoundingClientRect().width
      const looks = [look()]
      const frame = document.createElement('iframe')
      home.append(frame)
      frame.style.width = `${wide}px`
      frame.style.height = '1000px'
      frame.style.border = '0'
      frame.contentDocument.body.style.margin = '0'
      frame.contentDocument.body.append(el)
      await kit.painted()
      looks.push(look())
      const done = el.uploader.upload()
      await kit.painted()
      home.append(el)
      frame.remove()
      await done
      await kit.painted()
      looks.push(look())
      return {
        looks,
        rows: kit.rows().map(({ name, words }) => [name, words]),
        keys: el.files.map(({ meta }) => meta.key),
      }
    }, rig.url)
    assert.deepEqual(looks[1], looks[0])
    assert.equal(looks[2][0], looks[0][0])
    assert.deepEqual(rows, [
      ['a.bin', 'Uploaded'],
      ['b.bin', 'Uploaded'],
    ])
    await sameFile(rig.folder, keys[0], 400, 400)
    await sameFile(rig.folder, keys[1], 500, 500)
    await page.sweep()
  })
})
