// Real browsers by W3C WebDriver, the same way for all three. The drivers are started here with their paths given, so
// nothing is ever downloaded; each `inBrowsers` of a test file uses one session per browser.

import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { Builder, Capabilities } from 'selenium-webdriver'
import { BROWSERS, E2E } from './env.js'
import { freePort, start } from './processes.js'

const CHROMIUM_ARGS = [
  ...['--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--js-flags=--expose-gc'],
  ...['--force-color-profile=srgb', '--hide-scrollbars', '--window-size=1000,800'],
]
/** Chromium's sandbox refuses to work for root. */
if (process.getuid?.() === 0) CHROMIUM_ARGS.push('--no-sandbox')

/** For Firefox: coarse, and nothing hovers; and without the last of them `touch-action` would not count. */
const TOUCH_SCREEN = {
  'ui.primaryPointerCapabilities': 1,
  'ui.allPointerCapabilities': 1,
  'dom.w3c_touch_events.enabled': 1,
}

/**
 * What a session of its own is asked for: more arguments, for Chromium; that less is to move; a finger (`finger.js`).
 * @typedef {{args?: string[], lessMotion?: boolean, finger?: boolean}} Wishes
 */

/** How each is started and what it is asked for. */
const KINDS = {
  chromium: {
    command: (driver, port) => [driver, [`--port=${port}`]],
    capabilities: (binary, { args = [], lessMotion }) => ({
      browserName: 'chrome',
      'goog:chromeOptions': {
        binary,
        args: [...CHROMIUM_ARGS, ...args, ...(lessMotion ? ['--force-prefers-reduced-motion'] : [])],
      },
      'goog:loggingPrefs': { browser: 'ALL' },
    }),
  },
  firefox: {
    // Each driver talks to its browser over a port of its own as well.
    command: (driver, port, { finger }) => [
      driver,
      [
        ...['--port', `${port}`, '--websocket-port', '0', '--log', 'error'],
        ...(finger ? ['--allow-system-access'] : []),
      ],
    ],
    capabilities: (binary, { lessMotion, finger }) => ({
      browserName: 'firefox',
      'moz:firefoxOptions': {
        binary,
        args: ['-headless', '--width=1000', '--height=800'],
        prefs: {
          'browser.startup.page': 0,
          'app.update.auto': false,
          'network.captive-portal-service.enabled': false,
          ...(lessMotion && { 'ui.prefersReducedMotion': 1 }),
          ...(finger && TOUCH_SCREEN),
        },
      },
    }),
  },
  webkit: {
    // WebKitGTK has no headless mode of its own.
    command: (driver, port) => ['xvfb-run', ['-a', '-s', '-screen 0 1280x1024x24', driver, `--port=${port}`]],
    // GTK reads it from a file.
    env: ({ lessMotion }) => (lessMotion ? { XDG_CONFIG_HOME: join(E2E, 'lib/less-motion') } : {}),
    capabilities: (binary) => ({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary, args: ['--automation'] },
    }),
  },
}

/** Those that are here, or those of them that a test can use. @param {string[]} [wanted] */
export const names = (wanted = Object.keys(KINDS)) => Object.keys(BROWSERS).filter((name) => wanted.includes(name))

/** @param {'chromium' | 'firefox' | 'webkit'} name @param {Wishes} [wishes] */
export async function startBrowser(name, wishes = {}) {
  const { browser, driver: driverBinary } = BROWSERS[name]
  const kind = KINDS[name]
  const port = await freePort()
  const child = start(...kind.command(driverBinary, port, wishes), { env: kind.env?.(wishes) })
  const address = `http://127.0.0.1:${port}`
  await child.until(async () => {
    const response = await fetch(`${address}/status`)
    if (!response.ok) throw new Error(`${name}: driver is not ready`)
  })
  try {
    const capabilities = new Capabilities(kind.capabilities(browser, wishes))
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
 * @param {Wishes} [wishes]
 */
export function inBrowsers(tests, wanted, wishes) {
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
        session ??= startBrowser(/** @type {'chromium'} */ (name), wishes)
        return session
      }, name)
    })
  }
}
