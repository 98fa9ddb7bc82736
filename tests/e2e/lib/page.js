// A page of the site in a browser, and what all tests do with one.

import assert from 'node:assert/strict'

/** What must never be seen outside of requests: names of credentials in addresses, and signatures themselves. */
const SECRETS = /X-Amz-(Signature|Credential|Security-Token)=|\b[0-9a-f]{64}\b/i

/**
 * Opens a page.
 * @param {{driver: import('selenium-webdriver').WebDriver, name: string}} session
 * @param {{origin: string}} site
 * @param {string} [path]
 */
export async function open({ driver, name, browser }, site, path = '/page/blank.html') {
  await driver.get(site.origin + path)
  const page = {
    driver,
    browser: name ?? browser,
    /**
     * Runs a function in the page and gives what it resolves to. It sees `kit` (page/kit.js) and its own arguments.
     * @param {(...args: any[]) => unknown} body @param {...unknown} args
     * @returns {Promise<any>}
     */
    async run(body, ...args) {
      const answer = await driver.executeAsyncScript(
        `const done = arguments[arguments.length - 1]
        const args = [...arguments].slice(0, -1)
        Promise.resolve(window.kitReady).then(() => (${body})(...args)).then(
          (value) => done({ value: value === undefined ? null : JSON.stringify(value) }),
          (error) => done({ error: String(error) + '\\n' + (error && error.stack) }))`,
        ...args,
      )
      if (answer.error) throw new Error(`in ${name}: ${answer.error}`)
      return answer.value === null ? undefined : JSON.parse(answer.value)
    },
    /** Fails when a credential can be read anywhere in the page: events, console, storage, the document. */
    async sweep() {
      const traces = await page.run(() => kit.traces())
      for (const [where, text] of Object.entries(traces)) {
        const found = SECRETS.exec(text)
        assert.ok(
          !found,
          `${where} shows a credential: …${text.slice(Math.max(0, (found?.index ?? 0) - 60), (found?.index ?? 0) + 30)}…`,
        )
      }
      return traces
    },
  }
  await page.run(() => undefined)
  return page
}

/**
 * Finds a node with a script of the page and does something with it: once more, when it is not there yet, or when the
 * page has put another in its place meanwhile. A handle that is kept goes stale, so none is given out.
 * @param {import('selenium-webdriver').WebDriver} driver
 * @param {string} script returns the node
 * @param {unknown[]} args of the script
 * @param {(node: import('selenium-webdriver').WebElement) => Promise<unknown>} use
 */
export const onNode = (driver, script, args, use) =>
  driver.wait(
    async () => {
      const node = await driver.executeScript(script, ...args)
      if (!node) return false
      try {
        await use(/** @type {import('selenium-webdriver').WebElement} */ (node))
        return true
      } catch (problem) {
        if (/^(StaleElementReference|ElementNotInteractable)Error$/.test(problem.name)) return false
        throw problem
      }
    },
    20_000,
    `waited in vain for: ${script} ${args.join(' ')}`,
  )
