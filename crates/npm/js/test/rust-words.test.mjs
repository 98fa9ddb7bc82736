// The Rust side says the same words: what `cargo xtask words` makes is what is there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { files, outdated } from '../../../xtask/js/rust-words.mjs'

test('the languages for Rust are those of the element: `cargo xtask words` writes them anew', async () => {
  assert.deepEqual(await outdated(), [])
})

test('what cannot be seen is escaped, and every form stands under its name', async () => {
  const made = await files()
  assert.match(made['src/strings/locales/ar.rs'], /cancel_file: ".*\\u\{2068\}\{0\}\\u\{2069\}.*",\n/)
  assert.match(made['src/strings/locales/pl.rs'], /upload: Forms \{ one: Some\(".*"\), few: Some\(".*"\), many: Some\(".*"\), other: ".*", \.\.Forms::NONE \}/)
  assert.doesNotMatch(Object.values(made).join(''), /undefined|\p{Cf}/u)
})
