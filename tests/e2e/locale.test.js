// The element in another language: its words, numbers, direction and what it says about errors.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { violations } from './lib/axe.js'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

inBrowsers((session) => {
  test('German: buttons, sizes, refusals, failures and the form', async () => {
    await rig.store.rules({ match: { path: 'bad.bin' }, fault: { kind: 'denied' } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const form = document.createElement('form')
      document.querySelector('main').append(form)
      const el = await kit.element(
        { host, multiple: '', locale: 'de-AT', required: '', 'max-file-size': '1500kB' },
        { retryDelays: [] },
        { parent: form },
      )
      const pick = () => kit.root().querySelector('.fc-pick').textContent
      await kit.until(() => pick() !== 'Choose files', 'German')
      await kit.painted()
      const before = [pick(), kit.shown('.fc-hint'), el.validationMessage]
      kit.drop([kit.file('bad.bin', 1_200_000, 1), kit.file('large.bin', 2_000_000, 2)])
      await kit.painted()
      const [{ size, words }] = kit.rows()
      const note = kit.shown('.fc-note .fc-lines')
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      return {
        before,
        row: [size, words],
        note,
        failed: kit.rows()[0].words,
        lang: kit.root().querySelector('.fc').lang,
        told: ['restriction-failed', 'upload-error'].map((event) => kit.of(event)[0].error.message),
      }
    }, rig.url)
    assert.deepEqual(seen, {
      before: ['Dateien auswählen', 'je bis zu 1,5 MB', seen.before[2]],
      row: ['1,2 MB', 'Bereit'],
      note: seen.note,
      failed: seen.failed,
      lang: 'de',
      told: seen.told,
    })
    assert.match(seen.before[2], /Datei/)
    assert.match(seen.note, /^„large\.bin“ .*1,5 MB/)
    assert.match(seen.failed, /bad\.bin/)
    // Events say the same as the interface.
    assert.deepEqual(seen.told, [seen.note, seen.failed])
    assert.doesNotMatch(seen.note + seen.failed, /larger|refused/)
  })

  test('Arabic, by the language of the page: from right to left, and nothing for axe to find', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const section = document.createElement('section')
      section.lang = 'ar-EG'
      document.querySelector('main').append(section)
      await kit.element({ host, multiple: '' }, {}, { parent: section })
      const panel = kit.root().querySelector('.fc')
      await kit.until(() => panel.dir === 'rtl', 'Arabic')
      kit.el.setAttribute('max-file-size', '1kB')
      await kit.painted()
      kit.drop([kit.file('a.txt', 10, 1, 'text/plain'), kit.file('too large.txt', 9999, 1, 'text/plain')])
      await kit.painted()
      const box = (selector) => kit.root().querySelector(selector).getBoundingClientRect()
      // A sentence runs as its language does, also when it begins with a name that runs the other way.
      const runs = (selector) => getComputedStyle(kit.root().querySelector(selector)).direction
      return [
        box('.fc-thumb').left > box('[data-do="remove"]').left,
        /[\u0600-\u06ff]/.test(kit.rows()[0].words),
        ...['.fc-lines bdi', '.fc-state', '[part=headline] bdi'].map(runs),
      ]
    }, rig.url)
    assert.deepEqual(seen, [true, true, 'rtl', 'rtl', 'rtl'])
    assert.deepEqual(await violations(page), [])
  })

  test('an Arabic name in an English sentence, in an Arabic page', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      document.documentElement.dir = 'rtl'
      await kit.element({ host, locale: 'en', multiple: '', 'max-file-size': '1kB' })
      kit.drop([kit.file('برنامه سفر.pdf', 9999, 1)])
      await kit.painted()
      const lines = kit.root().querySelector('.fc-lines bdi')
      const seen = [lines.textContent, getComputedStyle(lines).direction]
      // What was said already is said in the new language.
      kit.el.locale = 'de'
      await kit.until(() => kit.root().querySelector('.fc').lang === 'de', 'German')
      return [...seen, lines.textContent]
    }, rig.url)
    assert.deepEqual(seen, ['برنامه سفر.pdf is larger than 1 kB', 'ltr', '„برنامه سفر.pdf“ ist größer als 1 kB'])
  })

  test('a language that there is not, words of the own, and back', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, locale: 'tlh' })
      const pick = () => kit.root().querySelector('.fc-pick').textContent
      const seen = [pick()]
      el.strings = { chooseFile: 'Pick one!' }
      await kit.painted()
      seen.push(pick())
      el.locale = 'fr'
      el.strings = undefined
      await kit.until(() => kit.root().querySelector('.fc').lang === 'fr', 'French')
      seen.push(pick() === 'Choose a file')
      el.removeAttribute('locale')
      await kit.painted()
      seen.push(pick())
      return seen
    }, rig.url)
    assert.deepEqual(seen, ['Choose a file', 'Pick one!', false, 'Choose a file'])
  })
})
