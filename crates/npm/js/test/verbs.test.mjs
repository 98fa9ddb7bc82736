// Names for files that are in the list already.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freeName } from '../ui/verbs.js'

test('the first number that is free, before the extension', () => {
  assert.equal(freeName('a.txt', new Set(['a.txt'])), 'a (2).txt')
  assert.equal(freeName('a.tar.gz', new Set(['a.tar (2).gz'])), 'a.tar (3).gz')
  assert.equal(freeName('.env', new Set()), '.env (2)')
  assert.equal(freeName('', new Set()), ' (2)')
})
