// What most test files start: a site, and a host with its store behind two fault proxies.

import { after, before, beforeEach } from 'node:test'
import { startBreakable } from './servers.js'
import { startSite } from './site.js'

/**
 * Starts both for this file. The object is filled in before the first test.
 * @param {{env?: Record<string, string>, args?: string[]}} [options]
 * @param {(rig: any) => Promise<() => Promise<unknown>>} [more] starts what else is needed, and returns what ends it
 * @returns {Awaited<ReturnType<typeof startBreakable>> & {site: Awaited<ReturnType<typeof startSite>>}}
 */
export function withRig(options = {}, more = async () => async () => {}) {
  const rig = /** @type {any} */ ({})
  /** @type {(() => Promise<unknown>) | undefined} */
  let end
  before(async () => {
    rig.site = await startSite()
    Object.assign(rig, await startBreakable({ origins: [rig.site.origin], ...options }))
    end = await more(rig)
  })
  beforeEach(() => rig.reset())
  after(async () => {
    await end?.()
    await rig.stop?.()
    await rig.site?.stop()
  })
  return rig
}
