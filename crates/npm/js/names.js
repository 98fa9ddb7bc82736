// File names as a person sees them: characters that deceive or break the line are made visible. What is sent is never
// changed. The same rules as in the engine (`text.rs`).

/** Controls, and marks that turn the writing direction or hide. */
const DECEIVING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

/** The whole text, with placeholders. @param {string} text */
export const visible = (text) =>
  text.replace(DECEIVING, (c) => {
    const code = c.charCodeAt(0)
    // The Unicode block "Control Pictures" has one sign for each C0 control.
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '\u2421' : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
  })

/** Without the dot; empty where there is none, or nothing before it. @param {string} name */
export const extensionOf = (name) => (name.lastIndexOf('.') > 0 ? name.slice(name.lastIndexOf('.') + 1) : '')

/** At most `max` characters, with an ellipsis in the middle that spares the extension. @param {string} name @param {number} max */
export function shorten(name, max) {
  // A character is one or two units, so this much is short for sure.
  if (name.length <= max) return name
  const chars = [...name]
  if (chars.length <= max) return name
  const room = max - 1
  const extension = [...extensionOf(name)].length + 1
  const tail = Math.min(Math.max(4, Math.min(extension + 4, Math.max(max >> 1, 4))), room)
  return `${chars.slice(0, room - tail).join('')}…${chars.slice(-tail).join('')}`
}

/** Fit to be shown in a message: visible and not endless. @param {string} name */
export const displayName = (name) => shorten(visible(name), 120)
