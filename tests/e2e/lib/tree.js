// What assistive technology is given of an element: its accessibility tree as text, a line for each node. Chromium only.

/** States that are told, in this order. */
const STATES = [
  ...['focused', 'disabled', 'required', 'invalid', 'expanded', 'checked', 'hasPopup', 'modal', 'busy'],
  ...['live', 'valuetext', 'description'],
]
/** Not for anybody's ears: boxes of text within texts that are told already. */
const WITHIN = ['InlineTextBox', 'none', 'generic']

/** Figures that differ from run to run. @param {string} text */
const steady = (text) =>
  text
    .replace(/\d+(?=%)/g, '<n>')
    .replace(/[\d.]+ (?=[kMG]?B of )/g, '<n> ')
    .replace(/ · [\d.]+ [kMG]?B\/s/, '')
    .replace(/ · (\d+[hms] ?)+ left/, '')

/**
 * The tree beneath the element of a page.
 * @param {any} page @returns {Promise<string>}
 */
export async function tree(page) {
  const devtools = (command, parameters = {}) => page.driver.sendAndGetDevToolsCommand(command, parameters)
  await devtools('Accessibility.enable')
  const { result } = await devtools('Runtime.evaluate', { expression: 'kit.el' })
  const { node } = await devtools('DOM.describeNode', { objectId: result.objectId })
  const { nodes } = await devtools('Accessibility.getFullAXTree')
  const byId = new Map(nodes.map((one) => [one.nodeId, one]))
  const lines = []
  const walk = (one, depth) => {
    const role = one.role?.value ?? ''
    const passed = one.ignored || WITHIN.includes(role)
    if (!passed) {
      const name = (one.name?.value ?? '').trim()
      // A text is what its parent is called: said once.
      const known = new Map((one.properties ?? []).map(({ name, value }) => [name, value.value]))
      if (one.description?.value) known.set('description', one.description.value)
      const states = STATES.filter((state) => ![undefined, false, 'false', '', 'off'].includes(known.get(state))).map(
        (state) => {
          const value = known.get(state)
          return value === true || value === 'true' ? state : `${state}=${JSON.stringify(value)}`
        },
      )
      const value =
        one.value?.value === undefined
          ? []
          : [role === 'progressbar' ? 'value=<n>' : `value=${JSON.stringify(String(one.value.value))}`]
      const about = [name && JSON.stringify(name), ...value, ...states].filter(Boolean).join(' ')
      lines.push(steady(`${'  '.repeat(depth)}${role} ${about}`.trimEnd()))
    }
    const names = one.name?.value
    for (const id of one.childIds ?? []) {
      const child = byId.get(id)
      if (!child) continue
      // The words of a button are its name.
      if (!passed && child.role?.value === 'StaticText' && child.name?.value === names) continue
      walk(child, passed ? depth : depth + 1)
    }
  }
  const top = nodes.find((one) => one.backendDOMNodeId === node.backendNodeId)
  walk(top, 0)
  await devtools('Accessibility.disable')
  return lines.join('\n')
}
