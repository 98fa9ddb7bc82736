// What the page does while uploads run, over stand-ins for window and document: it begins with the first and ends with the last.

import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

const listeners = new Map()
const target = {
  addEventListener: (type, listener) => listeners.set(type, listener),
  removeEventListener: (type) => listeners.delete(type),
}
let locks
globalThis.addEventListener = target.addEventListener
globalThis.removeEventListener = target.removeEventListener
globalThis.document = { ...target, title: 'Shop', visibilityState: 'visible' }
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { wakeLock: { request: async (kind) => ({ kind, release: () => (locks -= 1), taken: (locks += 1) }) } },
})
const { present } = await import('../presence.js')

beforeEach(() => {
  locks = 0
  document.title = 'Shop'
})

test('the browser asks while one of them wants it', () => {
  const [one, other] = [{}, {}]
  present(one, { asks: true, awake: false })
  present(other, { asks: true, awake: false })
  const event = { prevented: false, preventDefault: () => (event.prevented = true) }
  listeners.get('beforeunload')(event)
  assert.ok(event.prevented)
  present(one)
  assert.ok(listeners.has('beforeunload'))
  present(other)
  assert.ok(!listeners.has('beforeunload'))
  present({}, { asks: false, awake: false })
  assert.ok(!listeners.has('beforeunload'))
})

test('the screen stays on, also after the page was hidden', async () => {
  const one = {}
  present(one, { asks: false, awake: true })
  present(one, { asks: false, awake: true })
  await undefined
  assert.equal(locks, 1)
  listeners.get('visibilitychange')()
  await undefined
  assert.equal(locks, 2)
  present(one)
  await new Promise((resolve) => setTimeout(resolve))
  assert.equal(locks, 1)
  assert.ok(!listeners.has('visibilitychange'))
})

test("the title, also when the page changes it meanwhile", () => {
  const one = {}
  present(one, { asks: false, awake: false, title: '1 %' })
  present(one, { asks: false, awake: false, title: '50 %' })
  assert.equal(document.title, '50 % · Shop')
  document.title = 'Cart'
  present(one, { asks: false, awake: false, title: '60 %' })
  assert.equal(document.title, '60 % · Cart')
  present(one)
  assert.equal(document.title, 'Cart')
})
