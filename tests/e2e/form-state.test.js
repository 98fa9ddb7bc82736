// A form that comes back from the history still submits what had been uploaded, and shows it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { By } from 'selenium-webdriver'
import { inBrowsers } from './lib/browsers.js'
import { withRig } from './lib/rig.js'

const rig = withRig()
const NOTHING = { sent: [], value: [], shown: [] }

/** A page as a site has it: written down, and its script at the end. It is not kept whole when it is left. */
const page = () => `<!doctype html><html lang="en"><title>Form</title><main><form>
  <input name="title"><file-chute host="${rig.url}" name="docs" limit="1" multiple></file-chute>
</form></main><script>addEventListener('unload', () => {})</script><script type="module" src="/pkg/element.js"></script></html>`

/** Runs in the page, with the element as `el` and its uploader, and then tells what the form would send and what is seen. */
const having = (driver, script = '') =>
  driver.executeAsyncScript(`
    const done = arguments[0]
    const el = document.querySelector('file-chute')
    const button = (name) => el.shadowRoot.querySelector('[data-do="' + name + '"]')
    el.ready.then(async (uploader) => {
      ${script}
      setTimeout(() => done({
        sent: new FormData(document.querySelector('form')).getAll('docs').toSorted(),
        value: [...el.value].toSorted(),
        shown: [...el.shadowRoot.querySelectorAll('[part~=restored] bdi')].map((node) => node.textContent).toSorted(),
      }), 300)
    })`)

inBrowsers((session, browser) => {
  // WebKit keeps the whole page with its files, and so has nothing to bring back.
  test('keys come back with the form', { skip: browser === 'webkit' && 'its history keeps whole pages' }, async () => {
    rig.site.routes.set('/form', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page()))
    const { driver } = await session()
    const away = async () => {
      await driver.get(`${rig.site.origin}/page/blank.html`)
      await driver.navigate().back()
      assert.equal(
        await driver.findElement(By.css('input[name=title]')).getAttribute('value'),
        'kept',
        'forms come back',
      )
    }
    await driver.get(`${rig.site.origin}/form`)
    await driver.findElement(By.css('input[name=title]')).sendKeys('kept')
    const names = ['one <b>.txt', 'two.txt']
    const add = (name) => `uploader.addFile(new File(['x'], '${name}'))\n`
    const first = await having(driver, `${names.map(add).join('')} await uploader.upload()`)
    assert.equal(first.sent.length, 2)
    await away()
    assert.deepEqual(await having(driver), { ...first, shown: names })

    // One that is taken out is no part of it any more, also the next time.
    const one = await having(driver, "el.shadowRoot.querySelector('[part~=restored] button').click()")
    assert.deepEqual([one.sent.length, one.shown], [1, ['two.txt']])
    await away()
    assert.deepEqual(await having(driver), one)
    assert.deepEqual(await having(driver, "el.form.reset(); el.form.elements.title.value = 'kept'"), NOTHING)

    // What takes out all files takes these out, too.
    await having(driver, `${add('three.txt')} await uploader.upload()`)
    await away()
    const both = await having(driver, add('new.txt'))
    assert.deepEqual([both.sent.length, both.shown], [1, ['three.txt']])
    assert.deepEqual(await having(driver, "button('clear').click()"), NOTHING)
  })
})
