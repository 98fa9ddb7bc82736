// A form that comes back from the history still submits what had been uploaded, and shows it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { By } from 'selenium-webdriver'
import { inBrowsers } from './lib/browsers.js'
import { withRig } from './lib/rig.js'

const rig = withRig()

/** A page as a site has it: written down, and its script at the end. */
const page = () => `<!doctype html><html lang="en"><title>Form</title><main><form>
  <input name="title"><file-chute host="${rig.url}" name="docs" multiple></file-chute>
</form></main><script>addEventListener('unload', () => {})</script><script type="module" src="/pkg/element.js"></script></html>`

/** What the form would send, and what a person sees of it. */
const seen = (driver) =>
  driver.executeAsyncScript(`
    const done = arguments[0]
    const el = document.querySelector('file-chute')
    el.ready.then(() => setTimeout(() => done({
      sent: [...new FormData(document.querySelector('form'))].filter(([name]) => name === 'docs').map(([, value]) => value),
      value: [...el.value],
      shown: [...el.shadowRoot.querySelectorAll('[part~=restored] bdi')].map((node) => node.textContent),
    }), 300))`)

inBrowsers((session, browser) => {
  // WebKit keeps the whole page with its files, and so has nothing to bring back.
  test('keys come back with the form', { skip: browser === 'webkit' && 'its history keeps whole pages' }, async () => {
    rig.site.routes.set('/form', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page()))
    const { driver } = await session()
    await driver.get(`${rig.site.origin}/form`)
    const keys = await driver.executeAsyncScript(`
      const done = arguments[0]
      const el = document.querySelector('file-chute')
      el.ready.then(async (uploader) => {
        uploader.addFile(new File(['one'], 'one <b>.txt'))
        uploader.addFile(new File(['two'], 'two.txt'))
        await uploader.upload()
        setTimeout(() => done([...el.value]), 100)
      })`)
    assert.equal(keys.length, 2)
    await driver.findElement(By.css('input[name=title]')).sendKeys('kept')
    // By the history, and not out of the cache of whole pages.
    await driver.get(`${rig.site.origin}/page/blank.html`)
    await driver.navigate().back()
    const again = await seen(driver)
    // Where the browser brought nothing back, it is no test of ours.
    const restores = await driver.executeScript('return document.querySelector("input[name=title]").value')
    assert.equal(restores, 'kept', 'the browser restores forms')
    assert.deepEqual(again.sent.toSorted(), keys.toSorted())
    assert.deepEqual(again.value.toSorted(), keys.toSorted())
    assert.deepEqual(again.shown.toSorted(), ['one <b>.txt', 'two.txt'])

    // One taken out is no part of it any more, and a reset takes the rest.
    await driver.executeScript(
      `document.querySelector('file-chute').shadowRoot.querySelector('[part~=restored] button').click()`,
    )
    assert.equal((await seen(driver)).sent.length, 1)
    await driver.executeScript(`document.querySelector('form').reset()`)
    assert.deepEqual(await seen(driver), { sent: [], value: [], shown: [] })
  })
})
