// Where everything is. `cargo xtask test` and `cargo xtask e2e` say so by environment variables; without them (a single
// file run by hand: `node --test limit.test.js`) the usual places are tried.

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const env = process.env

/** The first candidate that exists, or undefined. */
const first = (...candidates) => candidates.find((candidate) => candidate && existsSync(candidate))

export const ROOT = env.FILECHUTE_ROOT ?? resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
export const E2E = resolve(dirname(fileURLToPath(import.meta.url)), '..')
export const PKG = env.FILECHUTE_PKG ?? join(ROOT, 'pkg')
export const ARTEFACTS = env.FILECHUTE_ARTEFACTS ?? join(ROOT, 'target/e2e')
/** The built page of examples/leptos-csr. */
export const LEPTOS_DEMO = env.FILECHUTE_LEPTOS_DEMO
/** The program of examples/leptos-ssr, and what browsers load from it. */
export const LEPTOS_SSR =
  env.FILECHUTE_LEPTOS_SSR_BIN && env.FILECHUTE_LEPTOS_SSR_SITE
    ? { program: env.FILECHUTE_LEPTOS_SSR_BIN, site: env.FILECHUTE_LEPTOS_SSR_SITE }
    : undefined
export const HOST_BIN = env.FILECHUTE_HOST_BIN ?? join(ROOT, 'target/debug/filechute-host')
/** Host, store and proxy in one, as `cargo xtask demo` starts it. */
export const DEMO_BIN = env.FILECHUTE_DEMO_BIN ?? join(ROOT, 'target/debug/filechute-demo')
export const FAULTS_BIN = env.FILECHUTE_FAULTS_BIN ?? join(ROOT, 'target/debug/filechute-faults')

/** The program behind `cargo xtask`. */
export const XTASK_BIN = env.FILECHUTE_XTASK_BIN ?? first(join(ROOT, 'target/debug/xtask'))

const CACHE = env.FILECHUTE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'filechute')
export const WEED_BIN = env.WEED_BIN ?? first(join(CACHE, 's3-servers/bin/weed'))
export const MINISTACK_BIN = env.MINISTACK_BIN ?? first(join(CACHE, 's3-servers/bin/ministack'))

/** Browser and driver by the browser's name; only those that are there. */
export const BROWSERS = Object.fromEntries(
  Object.entries({
    chromium: {
      browser: env.CHROMIUM_BIN ?? first('/usr/bin/chromium'),
      driver: env.CHROMEDRIVER ?? first('/usr/bin/chromedriver'),
    },
    firefox: {
      browser: env.FIREFOX_BIN ?? first('/usr/bin/firefox-esr', '/usr/bin/firefox'),
      driver: env.GECKODRIVER ?? first(join(CACHE, 'tools/bin/geckodriver')),
    },
    webkit: {
      browser:
        env.WEBKIT_BIN ??
        first(
          '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
          '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
        ),
      driver: env.WEBKITDRIVER ?? first('/usr/bin/WebKitWebDriver'),
    },
  }).filter(([name, found]) => found.browser && found.driver && (!env.FILECHUTE_BROWSERS || asked().includes(name))),
)

/** The browsers that the person or the set-up named. */
function asked() {
  return env.FILECHUTE_BROWSERS.split(',').map((name) => name.trim())
}
