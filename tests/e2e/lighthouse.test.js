// The demo site as Lighthouse sees it, on a desktop and on a phone: accessibility 100. Its other figures depend on the machine.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import lighthouse from 'lighthouse'
import { inBrowsers } from './lib/browsers.js'
import { withDemo } from './lib/demo.js'

const demo = withDemo()

inBrowsers(
  (session) => {
    for (const formFactor of ['desktop', 'mobile']) {
      test(`the demo site, ${formFactor}`, async (t) => {
        const { driver } = await session()
        const { debuggerAddress } = (await driver.getCapabilities()).get('goog:chromeOptions')
        const result = await lighthouse(demo.url, {
          port: Number(debuggerAddress.split(':').at(-1)),
          logLevel: 'error',
          onlyCategories: ['accessibility', 'best-practices', 'seo'],
          formFactor: /** @type {'desktop' | 'mobile'} */ (formFactor),
          screenEmulation: { mobile: formFactor === 'mobile' },
          throttlingMethod: 'provided',
        })
        const { categories, audits } = result.lhr
        const failed = Object.values(audits).filter(
          ({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === 'binary',
        )
        for (const { id, score } of Object.values(categories)) t.diagnostic(`${id}: ${Math.round((score ?? 0) * 100)}`)
        assert.equal(categories.accessibility.score, 1, failed.map(({ id, title }) => `${id}: ${title}`).join('\n'))
      })
    }
  },
  ['chromium'],
)
