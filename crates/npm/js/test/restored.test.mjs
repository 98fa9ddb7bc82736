// What a browser gives back of a form: keys, or nothing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readState } from '../ui/restored.js'

test('what was written is read', () => {
  const written = JSON.stringify([
    { key: 'k/1', name: 'a.png', type: 'image/png', size: 5, bucket: 'b', etag: 'e', checksum: 'c', verified: 'crc64nvme', url: 'https://cdn.example/k/1' },
    { key: 'k/2', name: 'b' },
  ])
  const [one, two] = readState(written)
  assert.deepEqual(one, {
    id: 'restored-0', name: 'a.png', type: 'image/png', size: 5, meta: { key: 'k/1', name: 'a.png', type: 'image/png' },
    response: { body: { key: 'k/1', bucket: 'b', etag: 'e', checksum: 'c', publicUrl: 'https://cdn.example/k/1' }, verified: 'crc64nvme' },
  })
  assert.deepEqual([two.id, two.meta.key, two.size, two.response.verified], ['restored-1', 'k/2', 0, undefined])
})

test('anything else is nothing', () => {
  const bad = [
    undefined, null, 5, '', 'x', '{}', '[', '[1, null, [], "k"]', '[{"key": 5}]', '[{"key": ""}]', '[{"name": "a"}]', new FormData(),
    `[{"key": "${'k'.repeat(5000)}"}]`, `"${'x'.repeat(5 << 20)}"`,
  ]
  for (const state of bad) assert.deepEqual(readState(state), [], String(state).slice(0, 40))
  const odd = readState('[{"key": "k", "size": -1, "name": 7, "type": {}, "__proto__": {"key": "x"}}]')
  assert.deepEqual([odd.length, odd[0].size, odd[0].name, odd[0].meta.key], [1, 0, '', 'k'])
  assert.equal(readState(JSON.stringify(Array(20_000).fill({ key: 'k' }))).length, 10_000)
})
