// The demo site in a browser, used as a person uses it: real files, real clicks.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { disk } from './disk.js'
import { onNode } from './page.js'
import { startDemo } from './servers.js'
import { keysIn, sameFile } from './verify.js'

/** Uploaders by selector, and what is in the shadow of one. */
const INSIDE = 'return document.querySelector(arguments[0])?.shadowRoot?.querySelector(arguments[1])'

/** Starts the demo for this file. The object is filled in before the first test. */
export function withDemo() {
  const demo = /** @type {any} */ ({ file: disk().file })
  before(async () => {
    Object.assign(demo, await startDemo())
  })
  after(() => demo.stop?.())

  /** The page as a person sees it. @param {import('selenium-webdriver').WebDriver} driver */
  demo.open = async (driver) => {
    await driver.get(demo.url)
    const visitor = visit(demo, driver)
    await visitor.inside('#with-host', '[data-ready] [data-do="pick"]')
    return visitor
  }
  return demo
}

/** @param {any} demo @param {import('selenium-webdriver').WebDriver} driver */
function visit(demo, driver) {
  /** The middle of the window is where nothing is half hidden. @param {import('selenium-webdriver').WebElement} node */
  const press = async (node) => {
    await driver.executeScript('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', node)
    // Where it stays: what still moves is missed.
    const place = () => driver.executeScript('return JSON.stringify(arguments[0].getBoundingClientRect())', node)
    for (let [before, now] = ['', await place()]; before !== now; [before, now] = [now, await place()]) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await node.click()
  }
  const visitor = {
    driver,
    run: (script, ...args) => driver.executeScript(script, ...args),

    /** Does something with a node inside of an uploader. */
    inside: (uploader, selector, use = async (_node) => {}) => onNode(driver, INSIDE, [uploader, selector], use),

    /**
     * Brings an uploader near, and waits for the files that come into it then. It is moved a little each time: WebKit does not
     * look whether something came near while it has nothing to paint. @param {string} id
     */
    near: (id) =>
      driver.wait(
        () =>
          driver.executeScript(
            `const node = document.getElementById(arguments[0])
            scrollBy(0, 8)
            node.scrollIntoView({ block: 'center', behavior: 'instant' })
            return Boolean(node.shadowRoot?.querySelector('.fc-row'))`,
            id,
          ),
        30_000,
        `waited in vain for the files in #${id}`,
      ),

    /** Clicks on something of the page. */
    click: (selector) => onNode(driver, 'return document.querySelector(arguments[0])', [selector], press),

    /** Clicks on something inside of an uploader. */
    press: (uploader, selector) => onNode(driver, INSIDE, [uploader, selector], press),

    /** Waits until something in the page is so. @param {string} script */
    until: (script, ...args) =>
      driver.wait(() => driver.executeScript(script, ...args), 30_000, `waited in vain for: ${script} ${args}`),

    /** Puts a file into an uploader. @param {string} uploader @param {string} name @param {number} size */
    async pick(uploader, name, size) {
      const path = await demo.file(name, size)
      await visitor.inside(uploader, 'input[type=file]', (input) => input.sendKeys(path))
    },

    /** Presses the button that sends what was picked. @param {string} uploader */
    send: (uploader) => visitor.press(uploader, '[data-do="upload"]:not([hidden])'),

    /** Turns a switch that breaks the line, and waits until the proxy knows. @param {string} name @param {string} kind */
    async turn(name, kind, on = true) {
      await visitor.click(`[data-fault=${name}]`)
      await driver.wait(
        async () => {
          const rules = await (await fetch(`${demo.url}/demo/faults`)).json()
          return rules.some(({ fault }) => fault.kind === kind) === on
        },
        20_000,
        `the proxy to have ${on ? '' : 'no '}rule ${kind}`,
      )
    },

    /** Waits until the object is there, in the gallery as well, and holds its bytes against the file's; gives its key. */
    async stored(name, size) {
      const find = async () => (await keysIn(demo.folder)).find((key) => key.endsWith(name))
      await visitor.until('return document.getElementById("gallery").textContent.includes(arguments[0])', name)
      const key = await find()
      assert.ok(key, `${name} in the bucket`)
      await sameFile(demo.folder, key, size, size)
      return key
    },

    /** What the event log says. */
    log: () => driver.executeScript('return document.getElementById("log").textContent'),
  }
  return visitor
}
