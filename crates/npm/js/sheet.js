// The style sheet of the element: constructed once per document and shared by all elements in it, which a policy of
// `style-src 'self'` allows.

import css from './style.css.js'

/** What only the custom element needs. */
const HOST =
  ':host{display:block;min-inline-size:0;max-inline-size:100%}:host([hidden]){display:none}:host(:is([mode=button],[mode=modal])){display:inline-block}' +
  '.fc-picked{list-style:none;border-block-start:1px solid var(--line)}' +
  '.fc-picked li{display:flex;align-items:center;gap:12px;padding-block:6px;padding-inline:var(--s) 8px}' +
  '.fc-picked bdi{flex:1;min-inline-size:0;overflow-wrap:anywhere}' +
  '.fc p.fc-told{padding:0 var(--s) var(--s);text-align:center;color:var(--dim)}'

/** By document, then by text. @type {WeakMap<Document, Map<string, CSSStyleSheet>>} */
const sheets = new WeakMap()

/** What each root was given: it loses its sheets when it moves into another document. @type {WeakMap<ShadowRoot, Set<string>>} */
const given = new WeakMap()

/** @param {ShadowRoot} root @param {string} [text] another sheet */
export function adopt(root, text = HOST + css) {
  const document = root.ownerDocument
  const Sheet = /** @type {any} */ (document.defaultView)?.CSSStyleSheet
  if (!Sheet || !('adoptedStyleSheets' in root)) return
  const known = sheets.get(document) ?? new Map()
  sheets.set(document, known)
  const texts = (given.get(root) ?? new Set()).add(text)
  given.set(root, texts)
  for (const text of texts) {
    const sheet = known.get(text) ?? new Sheet()
    if (!known.has(text)) sheet.replaceSync(text)
    known.set(text, sheet)
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  }
}
