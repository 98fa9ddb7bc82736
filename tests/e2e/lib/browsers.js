// Real browsers by W3C WebDriver, the same way for all three. The drivers are started here with their paths given, so
// nothing is ever downloaded; a test file uses one session per browser.

import { after, describe, it } from 'node:test'
import { Builder, Capabilities } from 'selenium-webdriver'
import { BROWSERS } from './env.js'
import { freePort, start } from './processes.js'

const CHROMIUM_ARGS = [
  ...['--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--js-flags=--expose-gc'],
  ...['--force-color-profile=srgb', '--hide-scrollbars', '--window-size=1000,800'],
]
/** Chromium's sandbox refuses to work for root. */
if (process.getuid?.() === 0) CHROMIUM_ARGS.push('--no-sandbox')

/** How each is started and what it is asked for. */
const KINDS = {
  chromium: {
    command: (driver, port) => [driver, [`--port=${port}`]],
    capabilities: (binary) => ({
      browserName: 'chrome',
      'goog:chromeOptions': { binary, args: [...CHROMIUM_ARGS] },
      'goog:loggingPrefs': { browser: 'ALL' },
    }),
  },
  firefox: {
    // Each driver talks to its browser over a port of its own as well.
    command: (driver, port) => [driver, ['--port', `${port}`, '--websocket-port', '0', '--log', 'error']],
    capabilities: (binary) => ({
      browserName: 'firefox',
      'moz:firefoxOptions': {
        binary,
        args: ['-headless', '--width=1000', '--height=800'],
        prefs: { 'browser.startup.page': 0, 'app.update.auto': false, 'network.captive-portal-service.enabled': false },
      },
    }),
  },
  webkit: {
    // WebKitGTK has no headless mode of its own.
    command: (driver, port) => ['xvfb-run', ['-a', '-s', '-screen 0 1280x1024x24', driver, `--port=${port}`]],
    capabilities: (binary) => ({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary, args: ['--automation'] },
    }),
  },
}

/** Those that are here, or those of them that a test can use. @param {string[]} [wanted] */
export const names = (wanted = Object.keys(KINDS)) => Object.keys(BROWSERS).filter((name) => wanted.includes(name))

/** @param {'chromium' | 'firefox' | 'webkit'} name @param {string[]} [more] more arguments, for Chromium */
export async function startBrowser(name, more = []) {
  const { browser, driver: driverBinary } = BROWSERS[name]
  const kind = KINDS[name]
  const port = await freePort()
  const child = start(...kind.command(driverBinary, port))
  const address = `http://127.0.0.1:${port}`
  await child.until(async () => {
    const response = await fetch(`${address}/status`)
    if (!response.ok) throw new Error(`${name}: driver is not ready`)
  })
  try {
    const wanted = kind.capabilities(browser)
    wanted['goog:chromeOptions']?.args.push(...more)
    const capabilities = new Capabilities(wanted)
    const driver = await new Builder().usingServer(address).withCapabilities(capabilities).build()
    await driver.manage().setTimeouts({ script: 240_000, pageLoad: 60_000 })
    return {
      name,
      driver,
      /** Of the driver; the browser is a child of it. */
      pid: child.pid,
      /** Ends both at once, as a crash does. */
      kill: () => child.stop(),
      async stop() {
        await driver.quit().catch(() => {})
        await child.stop()
      },
    }
  } catch (error) {
    error.message += `\n${child.said.join('\n')}`
    await child.stop()
    throw error
  }
}

/**
 * Runs tests in each browser that is here. `tests` is called while tests are being defined, and gets a function that
 * starts the browser at its first call.
 * @param {(session: () => Promise<Awaited<ReturnType<typeof startBrowser>>>, name: string) => void} tests
 * @param {string[]} [wanted]
 */
export function inBrowsers(tests, wanted) {
  const found = names(wanted)
  if (names().length === 0) throw new Error(`none of these browsers is here: ${wanted ?? Object.keys(KINDS)}`)
  // Without any test the servers that were started before would never be stopped.
  if (found.length === 0) it('is for other browsers', { skip: `${wanted} only` }, () => {})
  for (const name of found) {
    describe(name, () => {
      /** @type {ReturnType<typeof startBrowser> | undefined} */
      let session
      after(async () => {
        await (await session?.catch(() => undefined))?.stop()
      })
      tests(() => {
        session ??= startBrowser(/** @type {'chromium'} */ (name))
        return session
      }, name)
    })
  }
}
