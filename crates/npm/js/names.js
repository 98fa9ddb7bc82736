// File names as a person sees them: characters that deceive or break the line are made visible. What is sent is never
// changed. The same rules as in the engine (`text.rs`).

/** Controls, and marks that turn the writing direction or hide. */
const DECEIVING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

/** @param {string} name */
export function visibleName(name) {
  const visible = name.replace(DECEIVING, (c) => {
    const code = c.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '\u2421' : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
  })
  if (visible.length <= 120) return visible
  return `${[...visible].slice(0, 100).join('')}…${[...visible].slice(-19).join('')}`
}
