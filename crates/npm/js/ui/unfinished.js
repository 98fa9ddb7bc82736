// What an earlier visit left unfinished, a row each, with what can be done about it. Loaded when there is some.

import { displayName } from '../names.js'
import { adopt } from '../sheet.js'
import { button, icon, make, put } from './dom.js'
import { RETRY } from './icons.js'
import { bytes, count, fill } from './words.js'

/** @typedef {import('../index.js').UnfinishedUpload} Unfinished */

/** So many rows, the oldest first; of the others the number is told. */
const MOST_ROWS = 4

const STYLE = `
.fc-unfinished { --tone: var(--a); display: grid; list-style: none }
.fc ul.fc-unfinished { margin: 0 var(--s) var(--s); padding: 4px 8px 4px 12px }
.fc-unfinished li { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: center }
.fc-unfinished div:has(bdi) { flex: 1 1 14em; min-inline-size: 0; padding-block: 7px }
.fc-unfinished bdi { color: var(--ink) }
.fc-unfinished .fc-acts { margin-block: 4px }
@container (inline-size < 420px) { .fc-unfinished div:has(bdi) { flex-basis: calc(100% - 40px) } }
`

/** @param {import('./live.js').Live} live @returns {import('./reach.js').Tool} */
export function equip(live) {
  const list = make('ul', { class: 'fc-note fc-unfinished', part: 'unfinished', role: 'list' })
  adopt(/** @type {ShadowRoot} */ (live.root.getRootNode()), STYLE)
  live.root.querySelector('.fc-offline')?.before(list)
  /** @type {unknown[]} */
  let seen = []

  /** At once where the browser finds its file, else the person is asked for it. @param {Unfinished} record */
  const goOn = async ({ id, canReopen }) => {
    if (canReopen && (await resume(id))) return
    live.ask((files) => {
      if (files.length === 1) void resume(id, files[0])
      return files.length === 1
    })
  }

  /** It is to be sent at once: the person has asked for it. @param {string} record @param {File} [file] */
  const resume = async (record, file) => {
    const { uploader } = live
    try {
      const added = await uploader?.resumeUnfinished(record, file)
      if (added !== undefined) uploader?.upload().catch(() => {})
      return added !== undefined
    } catch (error) {
      live.complain(/** @type {Error} */ (error).message)
      return true
    }
  }

  /** @param {Unfinished} record */
  const row = (record) => {
    const { strings, direction } = live.settings
    const name = displayName(record.name)
    // There may be several of each.
    const act = (/** @type {string} */ verb, /** @type {string} */ label, /** @type {() => unknown} */ does) => {
      const node = button(verb, verb === 'continue')
      node.textContent = label
      put(node, 'aria-label', `${label}: ${name}`)
      node.addEventListener('click', does)
      return node
    }
    return make(
      'li', {}, icon(RETRY),
      make('div', {}, make('bdi', { dir: direction }, tell(record, strings)), make('progress', { class: 'fc-bar', part: 'bar', max: `${record.size}`, value: `${record.bytesUploaded}`, 'aria-label': name })),
      make(
        'div', { class: 'fc-acts' },
        act('continue', record.canReopen ? strings.goOn : strings.chooseAgain, () => goOn(record)),
        act('discard', strings.discard, () => live.uploader?.discardUnfinished(record.id)),
      ),
    )
  }

  // Once: what is there from the start is not announced by itself.
  if (live.unfinished[0]) live.say(tell(live.unfinished[0], live.settings.strings))
  return {
    row() {},
    paint() {
      const { settings: { strings, direction }, unfinished } = live
      const now = [unfinished, strings, direction]
      if (now.every((one, at) => one === seen[at])) return
      seen = now
      const held = list.querySelector(':focus')
      const at = [...list.children].indexOf(held?.closest('li'))
      const rows = unfinished.slice(0, MOST_ROWS).map(row)
      const rest = unfinished.length - rows.length
      list.replaceChildren(...rows, ...(rest > 0 ? [make('li', {}, count(strings.andMore, rest, strings))] : []))
      list.hidden = !rows[0]
      // The next one's, when it is gone.
      rows[Math.min(at, rows.length - 1)]?.querySelector(`[data-do=${held?.dataset.do}]`)?.focus()
    },
  }
}

/** @param {Unfinished} record @param {import('./strings.js').Strings} strings */
const tell = ({ name, bytesUploaded, size }, strings) =>
  fill(strings.unfinished, displayName(name), bytes(bytesUploaded, strings), bytes(size, strings))
