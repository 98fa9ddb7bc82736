// The theme editor. One text of CSS is what is shown, what is applied to the uploader beside it, and what is copied.

import { $ } from './page.js'

const stage = $('#stage')
const uploader = $('#themed')
const code = $('#css code')
const sheet = new CSSStyleSheet()
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]

const EMPTY = code.textContent
const inputs = [...document.querySelectorAll('#controls [data-property]')]
/** What the element has when nothing is said, which is what the controls begin with. */
const usual = new Map(inputs.map((input) => [input.dataset.property, input.value]))
let css = EMPTY

function apply(text) {
  css = text
  code.textContent = text
  // Nested, so that it holds for this one uploader only.
  sheet.replaceSync(`#stage {\n${text}\n}`)
}

/** The value of a property in the CSS, or undefined. */
const read = (name) => new RegExp(`${name}:\\s*([^;]+);`).exec(css)?.[1]

/** The CSS with that property in its first rule. */
function withProperty(text, name, value) {
  const line = `  ${name}: ${value};\n`
  const there = new RegExp(` *${name}:[^;]+;\\n`)
  return there.test(text) ? text.replace(there, line) : text.replace('\n}', `\n${line.slice(0, -1)}\n}`)
}

/** Black or white, whatever is easier to read on a colour (WCAG's luminance). */
function on(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff'
}

/** Puts the controls where the CSS is. */
function follow() {
  for (const input of inputs) {
    const { property, unit } = input.dataset
    const value = read(property)
    if (value === undefined) input.value = usual.get(property)
    else input.value = unit ? String(Number.parseFloat(value)) : shade(value)
    tell(input)
  }
}

/** One colour of what may be a pair of them, in the long form that a colour input wants. */
function shade(value) {
  const [light, dark = light] = value.match(/#[0-9a-f]{3,6}/gi) ?? ['#000000']
  const colour = isDark() ? dark : light
  return colour.length === 4 ? `#${[...colour.slice(1)].map((digit) => digit + digit).join('')}` : colour
}

function isDark() {
  const scheme = stage.dataset.theme ?? document.documentElement.dataset.theme
  return scheme ? scheme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
}

const tell = (input) => { input.nextElementSibling.textContent = input.value + (input.dataset.unit ?? '') }

for (const input of inputs) {
  input.addEventListener('input', () => {
    const { property, unit = '' } = input.dataset
    let text = withProperty(css, property, input.value + unit)
    if (property === '--fc-accent') text = withProperty(text, '--fc-on-accent', on(input.value))
    apply(text)
    tell(input)
  })
}

$('#controls').addEventListener('change', async ({ target: { name, value } }) => {
  if (name === 'base') {
    apply(value ? (await (await fetch(`themes/${value}.css`)).text()).trim() : EMPTY)
    follow()
  }
  if (name === 'scheme') {
    if (value === 'auto') delete stage.dataset.theme
    else stage.dataset.theme = value
    uploader.setAttribute('theme', value)
    follow()
  }
})

$('#controls').addEventListener('submit', (event) => event.preventDefault())
follow()
