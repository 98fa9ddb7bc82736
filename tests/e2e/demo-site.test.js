// The rest of the demo site: every mode, themes, a form without a script, languages, the code to copy; and that the site
// itself is what it preaches: accessible, narrow where it must be, under its policy, with nothing from elsewhere.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Key } from 'selenium-webdriver'
import { inBrowsers } from './lib/browsers.js'
import { withDemo } from './lib/demo.js'
import { E2E, ROOT } from './lib/env.js'

const demo = withDemo()
const themes = ['storefront', 'admin', 'brutalist', 'high-contrast']

inBrowsers((session, browser) => {
  const visit = async () => demo.open((await session()).driver)

  for (const [mode, selector] of [
    ['inline', '#modes file-chute:not([mode], [view])'],
    ['grid', '#modes file-chute[view=grid]'],
    ['button', '#modes file-chute[mode=button]'],
    ['modal', '#modes file-chute[mode=modal]'],
    ['page', '#modes file-chute[mode=page]'],
    ['image', '#modes file-chute[mode=image]'],
  ]) {
    test(`${mode} uploads, and its markup is below it`, async () => {
      const page = await visit()
      // What waits in an uploader that comes near gets there first, so that nothing moves afterwards.
      await page.near('in-grid')
      if (mode === 'button' || mode === 'modal') await page.press(selector, '.fc-open')
      if (mode === 'grid') {
        // The pictures that wait there already.
        await page.press(selector, '[data-do=clear]:not([hidden])')
      }
      await page.pick(selector, `${mode}-${browser}.png`, 2000 + mode.length)
      await page.send(selector)
      await page.stored(`${mode}-${browser}.png`, 2000 + mode.length)
      const written = await page.run(
        'return document.querySelector(arguments[0]).closest(".mode").querySelector("code:not(p code)").textContent',
        selector,
      )
      const attribute = { inline: 'multiple', grid: 'view="grid"' }[mode] ?? `mode="${mode}"`
      assert.match(written, /^<file-chute host="\/".*><\/file-chute>$/s)
      assert.ok(written.includes(attribute), written)
    })
  }

  test('themes: what is shown, what is applied and what is in the file are the same', async () => {
    const page = await visit()
    const shown = () => page.run('return document.querySelector("#css code").textContent')
    const panel = (property) =>
      page.run(
        'return getComputedStyle(document.querySelector("#themed").shadowRoot.querySelector("[part=panel]"))[arguments[0]]',
        property,
      )
    const plain = await panel('borderTopLeftRadius')
    const choose = (name, value) =>
      page.run('document.querySelector(arguments[0]).click()', `[name=${name}][value=${value}]`)
    for (const theme of themes) {
      const file = (await readFile(join(ROOT, 'www/themes', `${theme}.css`), 'utf8')).trim()
      assert.ok(file.split('\n').length <= 15, `${theme}.css is short`)
      await choose('base', theme)
      await page.until('return document.querySelector("#css code").textContent === arguments[0]', file)
      const radius = /--fc-radius: (\w+);/.exec(file)?.[1] ?? plain
      assert.equal(await panel('borderTopLeftRadius'), radius, theme)
    }
    await page.run(`const radius = document.querySelector('[data-property="--fc-radius"]')
      radius.value = '23'
      radius.dispatchEvent(new Event('input', { bubbles: true }))`)
    assert.equal(await panel('borderTopLeftRadius'), '23px')
    assert.match(await shown(), /--fc-radius: 23px;/)
    await page.run(`const surface = document.querySelector('[data-property="--fc-surface"]')
      surface.value = '#123456'
      surface.dispatchEvent(new Event('input', { bubbles: true }))`)
    assert.equal(await panel('backgroundColor'), 'rgb(18, 52, 86)')
    for (const scheme of ['light', 'dark']) {
      await choose('scheme', scheme)
      assert.equal(await panel('colorScheme'), scheme)
    }
    // Others on the page keep their look.
    const other = 'getComputedStyle(document.querySelector("#with-host").shadowRoot.querySelector("[part=panel]"))'
    assert.equal(await page.run(`return ${other}.borderTopLeftRadius`), plain)
  })

  test('the form without a script: held back until the files are there, then the server gets the keys', async () => {
    const page = await visit()
    assert.equal(await page.run('return document.querySelector("form.plain").checkValidity()'), false)
    await page.pick('#in-form', `form-${browser}.txt`, 777)
    const key = await page.stored(`form-${browser}.txt`, 777)
    await page.click('form.plain button[type=submit]')
    const answer = 'return document.getElementById("answer").contentDocument?.querySelector("dl")?.textContent'
    await page.until(answer)
    assert.equal(await page.run(answer), `albumSummerphotos${key}`)
  })

  test('languages and direction are attributes of the element', async () => {
    const page = await visit()
    const state = () =>
      page.run(`const uploader = document.querySelector('#spoken file-chute')
        return [uploader.lang, getComputedStyle(uploader).direction, document.querySelector('#spoken-code code').textContent]`)
    await page.run(`const select = document.getElementById('language')
      select.value = 'ar'
      select.dispatchEvent(new Event('change', { bubbles: true }))`)
    const [lang, direction, written] = await state()
    assert.deepEqual([lang, direction], ['ar', 'rtl'])
    assert.ok(written.includes('lang="ar"') && written.includes('dir="rtl"'), written)
    await page.click('#rtl')
    assert.equal((await state())[1], 'ltr')
  })

  test('the code to copy is the README, word for word; tabs by keyboard', async () => {
    const page = await visit()
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    const shown = await page.run('return [...document.querySelectorAll(".tabs code")].map((code) => code.textContent)')
    assert.equal(shown.length, 4)
    for (const code of shown) assert.ok(readme.includes(`\n${code}\n\`\`\`\n`), code)
    await page.click('#tab-0')
    const open = () => page.run('return document.querySelector("[role=tabpanel]:not([hidden])").id')
    for (const [key, id] of [
      [Key.ARROW_RIGHT, 'panel-1'],
      [Key.END, 'panel-3'],
      [Key.ARROW_RIGHT, 'panel-0'],
    ]) {
      await page.driver.actions().sendKeys(key).perform()
      assert.equal(await open(), id)
    }
    await page.click('[role=tabpanel]:not([hidden]) .code button')
    await page.until(
      'return /Copied|Ctrl/.test(document.querySelector("[role=tabpanel]:not([hidden]) .code button").textContent)',
    )
  })

  test('nothing comes from elsewhere', async () => {
    const page = await visit()
    const from = await page.run(
      'return performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin)',
    )
    assert.ok(from.length > 5)
    assert.deepEqual([...new Set(from)], [demo.url])
  })
})

inBrowsers(
  (session) => {
    const look = async (driver, width, scheme) => {
      const features = [{ name: 'prefers-color-scheme', value: scheme }]
      await driver.sendDevToolsCommand('Emulation.setEmulatedMedia', { features })
      const metrics = { width, height: 900, deviceScaleFactor: 1, mobile: false }
      await driver.sendDevToolsCommand('Emulation.setDeviceMetricsOverride', metrics)
      const page = await demo.open(driver)
      // With all that is filled in when it comes near.
      for (const id of ['in-grid', 'themed']) {
        await page.near(id)
      }
      return page
    }

    for (const scheme of ['light', 'dark']) {
      for (const width of [360, 1200]) {
        test(`axe has nothing to say, ${scheme}, ${width}`, async () => {
          const page = await look((await session()).driver, width, scheme)
          await page.run(await readFile(join(E2E, 'node_modules/axe-core/axe.min.js'), 'utf8'))
          const found = await page.driver.executeAsyncScript(`const done = arguments[arguments.length - 1]
            axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
              done(violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.flat().join(' ')))))`)
          assert.deepEqual(found, [])
        })
      }
    }

    test('no width is too narrow', async () => {
      for (const width of [320, 360, 620, 860, 1200]) {
        const page = await look((await session()).driver, width, 'light')
        assert.ok((await page.run('return document.documentElement.scrollWidth')) <= width, `${width}`)
      }
    })

    test('a strict policy is sent, and nobody minds it', async () => {
      const policy = (await fetch(demo.url)).headers.get('content-security-policy') ?? ''
      for (const part of ["default-src 'none'", "style-src 'self';", "require-trusted-types-for 'script'"]) {
        assert.ok(policy.includes(part), policy)
      }
      assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/)
      const { driver } = await session()
      const page = await look(driver, 1200, 'light')
      await driver.manage().logs().get('browser')
      // Large enough for a worker that makes its checksums.
      await page.pick('#with-host', 'policy.bin', 9_000_000)
      await page.send('#with-host')
      await page.stored('policy.bin', 9_000_000)
      const said = await driver.manage().logs().get('browser')
      const minded = said.map(({ message }) => message).filter((text) => /polic|trusted/i.test(text))
      assert.deepEqual(minded, [])
    })
  },
  ['chromium'],
)
