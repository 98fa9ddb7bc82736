// Width and height of pictures by their first bytes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dimensions } from '../ui/thumbs.js'

const size = (base64) => {
  const found = dimensions(Uint8Array.from(Buffer.from(base64, 'base64')))
  return found && [found.width, found.height]
}

test('each format tells its size', () => {
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from([0, 0, 0, 13]), Buffer.from('IHDR'), Buffer.from([0, 0, 1, 64, 0, 0, 0, 240])])
  assert.deepEqual(size(png.toString('base64')), [320, 240])
  assert.deepEqual(size('R0lGODlhAQABAAAAACw='), [1, 1])
  const jpeg = [0xff, 0xd8, 0xff, 0xe1, 0, 6, 1, 2, 3, 4, 0xff, 0xff, 0xc4, 0, 4, 9, 9, 0xff, 0xc2, 0, 17, 8, 0, 240, 1, 64]
  assert.deepEqual(size(Buffer.from(jpeg).toString('base64')), [320, 240])
  // One white pixel each, from the examples of the formats.
  assert.deepEqual(size('UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAUAmJaQAA3AA/v02aAA='), [1, 1])
  assert.deepEqual(size('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=='), [1, 1])
  const extended = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8X', 'latin1'), Buffer.from([10, 0, 0, 0, 0, 0, 0, 0, 63, 1, 0, 239, 0, 0])])
  assert.deepEqual(size(extended.toString('base64')), [320, 240])
  const box = (width) => Buffer.concat([Buffer.from('\0\0\0\x14ispe\0\0\0\0', 'latin1'), Buffer.from([0, 0, 1, width, 0, 0, 0, 240])])
  const avif = Buffer.concat([Buffer.from('\0\0\0\x1cftypavif', 'latin1'), box(1), box(64)])
  assert.deepEqual(size(avif.toString('base64')), [320, 240])
})

test('what is none, or only claims to be one, has no size', () => {
  for (const text of ['', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', '\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0\x00', 'RIFF\0\0\0\0WEBPVP9 ', '\0\0\0\x1cftypheic']) {
    assert.equal(dimensions(Uint8Array.from(Buffer.from(text, 'latin1'))), undefined, text)
  }
  let seed = 1
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Uint8Array.from({ length: round % 200 }, () => (seed = (seed * 48271) % 2147483647) & 255)
    bytes.set(round % 2 ? [0xff, 0xd8, 0xff].slice(0, bytes.length) : [])
    dimensions(bytes)
  }
})
