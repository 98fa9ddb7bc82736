// The few things the interface needs of the document. Setting what is there already touches nothing: a live region is not
// read out again, and a style is not worked out anew.

/**
 * An element with these attributes and children. `undefined` and `false` leave an attribute out.
 * @param {string} tag @param {Record<string, string | number | boolean | undefined>} [attributes] @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) put(element, name, value)
  element.append(...children)
  return element
}

/** The same with the class `fc-…` and the part of that name. @param {string} tag @param {string} name @param {...(Node | string)} children @returns {any} */
export const part = (tag, name, ...children) => make(tag, { class: `fc-${name}`, part: name }, ...children)

/** Sets an attribute, or takes it away. @param {Element} element @param {string} name @param {string | number | boolean | undefined} value */
export function put(element, name, value) {
  const now = element.getAttribute(name)
  const wanted = value === undefined || value === false ? null : value === true ? '' : String(value)
  if (now === wanted) return
  if (wanted === null) element.removeAttribute(name)
  else element.setAttribute(name, wanted)
}

/** @param {Node} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/** An icon that says nothing to assistive technology. @param {string} [path] @returns {SVGElement} */
export function icon(path) {
  const SVG = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.append(document.createElementNS(SVG, 'path'))
  if (path) draw(svg, path)
  return svg
}

/** @param {Element} svg @param {string} path */
export const draw = (svg, path) => put(/** @type {Element} */ (svg.firstChild), 'd', path)

/** A button that says what it does in `data-do`. @param {string} verb @param {boolean} [main] @returns {HTMLButtonElement} */
export const button = (verb, main) =>
  make('button', { type: 'button', class: main ? 'fc-btn fc-main' : 'fc-btn', part: `button ${verb}`, 'data-do': verb })

/** A button with an icon instead of words. @param {string} name @param {string} [path] @returns {HTMLButtonElement} */
export const iconButton = (name, path) => make('button', { type: 'button', class: 'fc-btn fc-bare', part: name }, icon(path))

/** Escape is for this and not for what is around it, too, as WebKit has it. @param {Element} box @param {() => void} close */
export function escapes(box, close) {
  box.addEventListener('keydown', (/** @type {any} */ event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    event.stopPropagation()
    close()
  })
}

/** Whether a person sees it. @param {Element} element */
export const isShown = (element) => element.isConnected && element.getClientRects().length > 0
