// What Chromium can be told to pretend: the size of the window, and what the person has set in their system.

/** @param {any} page @param {number} width @param {number} height @param {number} [scale] */
export const window_ = (page, width, height, scale = 1) =>
  page.driver.sendDevToolsCommand('Emulation.setDeviceMetricsOverride', {
    ...{ width, height, deviceScaleFactor: scale, mobile: false },
  })

/** Back to its own size. @param {any} page */
export const ownWindow = (page) => page.driver.sendDevToolsCommand('Emulation.clearDeviceMetricsOverride', {})

/** For instance `{ 'forced-colors': 'active' }`; nothing takes all of it back. @param {any} page @param {Record<string, string>} [features] */
export const prefers = (page, features = {}) =>
  page.driver.sendDevToolsCommand('Emulation.setEmulatedMedia', {
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
  })
