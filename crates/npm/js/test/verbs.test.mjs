// Names for files that are in the list already.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actOnAll, freeName } from '../ui/verbs.js'

test('the first number that is free, before the extension', () => {
  assert.equal(freeName('a.txt', new Set(['a.txt'])), 'a (2).txt')
  assert.equal(freeName('a.tar.gz', new Set(['a.tar (2).gz'])), 'a.tar (3).gz')
  assert.equal(freeName('.env', new Set()), '.env (2)')
  assert.equal(freeName('', new Set()), ' (2)')
})

test('"Clear" cancels only where somebody waits for something', () => {
  for (const [totals, verb] of [[{ active: 0, paused: 0 }, 'clear'], [{ active: 1, paused: 0 }, 'cancelAll'], [{ active: 0, paused: 1 }, 'cancelAll']]) {
    const called = []
    const uploader = { getTotals: () => totals, clear: () => called.push('clear'), cancelAll: () => called.push('cancelAll') }
    assert.equal(actOnAll('clear', /** @type {any} */ (uploader), /** @type {any} */ ({})), true)
    assert.deepEqual(called, [verb])
  }
})
