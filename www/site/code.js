// Code to look at and to copy: a button for each piece, tabs where there is more than one way, and the markup of the
// uploaders on this page, written down from the uploaders themselves.

import { make } from './page.js'

// ── The markup of each mode, as it is in the page.
for (const mode of document.querySelectorAll('.mode')) {
  const code = make('code', '', markup(mode.querySelector('file-chute')))
  mode.append(make('figure', 'code', make('figcaption', '', `HTML, ${mode.querySelector('h3').textContent}`), make('pre', '', code)))
}

/** A tag as one would write it, in lines that fit; what only this page needs stays away. @param {Element} element */
export function markup(element) {
  const attributes = [...element.attributes]
    .filter(({ name }) => !['id', 'theme', 'aria-label', 'data-quiet'].includes(name))
    .map(({ name, value }) => (value ? `${name}="${value}"` : name))
  const lines = ['<file-chute']
  for (const attribute of attributes) {
    const line = `${lines.at(-1)} ${attribute}`
    if (line.length > 36) lines.push(`  ${attribute}`)
    else lines[lines.length - 1] = line
  }
  return `${lines.join('\n')}></file-chute>`
}

// ── A button to copy each.
for (const figure of document.querySelectorAll('.code')) {
  const code = figure.querySelector('code')
  const caption = figure.querySelector('figcaption')
  // Where a tab or a heading says it already, only screen readers are told again.
  if (figure.closest('.tabs, .mode')) caption.replaceChildren(make('span', 'bare', caption.textContent))
  figure.querySelector('pre').tabIndex = 0
  figure.querySelector('pre').setAttribute('role', 'group')
  figure.querySelector('pre').setAttribute('aria-label', caption.textContent)
  const button = make('button', 'quiet', 'Copy')
  button.type = 'button'
  button.setAttribute('aria-label', `Copy: ${caption.textContent}`)
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent)
      button.textContent = 'Copied'
    } catch {
      // Not allowed to: select it, so that the keyboard can.
      getSelection().selectAllChildren(code)
      button.textContent = 'Press Ctrl+C'
    }
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
  caption.append(button)
}

// ── Tabs: one piece at a time, chosen with a click or the arrow keys.
for (const box of document.querySelectorAll('.tabs')) {
  const list = make('div', 'tablist')
  list.setAttribute('role', 'tablist')
  list.setAttribute('aria-label', box.dataset.label)
  const panels = []
  const tabs = [...box.children].map((figure, index) => {
    const tab = make('button', 'tab', figure.querySelector('figcaption').firstChild.textContent)
    const panel = make('div')
    figure.replaceWith(panel)
    panel.append(figure)
    panels.push(panel)
    Object.assign(tab, { type: 'button', id: `tab-${index}`, role: 'tab' })
    Object.assign(panel, { id: `panel-${index}`, role: 'tabpanel' })
    tab.setAttribute('aria-controls', panel.id)
    panel.setAttribute('aria-labelledby', tab.id)
    tab.addEventListener('click', () => choose(index))
    return tab
  })
  const choose = (chosen) => {
    for (const [index, tab] of tabs.entries()) {
      tab.setAttribute('aria-selected', String(index === chosen))
      tab.tabIndex = index === chosen ? 0 : -1
      panels[index].hidden = index !== chosen
    }
  }
  list.addEventListener('keydown', (event) => {
    const at = tabs.indexOf(document.activeElement)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined || at < 0) return
    event.preventDefault()
    const next = (to + tabs.length) % tabs.length
    choose(next)
    tabs[next].focus()
  })
  list.append(...tabs)
  box.prepend(list)
  choose(0)
}
