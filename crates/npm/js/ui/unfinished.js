// What an earlier visit left unfinished, a row each, with what can be done about it. Loaded when there is some.

import { displayName } from '../names.js'
import { adopt } from '../sheet.js'
import { button, icon, isShown, make, put } from './dom.js'
import { RETRY } from './icons.js'
import { bytes, count, fill } from './words.js'

/** @typedef {import('../index.js').UnfinishedUpload} Unfinished */

/** So many rows, the oldest first; of the others the number is told. */
const MOST_ROWS = 4

const STYLE = `
.fc-unfinished { --tone: var(--a); display: grid; list-style: none }
.fc ul.fc-unfinished { margin: 0 var(--s) var(--s); padding-block: 4px; padding-inline: 12px 8px }
.fc-unfinished li { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: center }
.fc-unfinished div:has(bdi) { flex: 1 1 14em; min-inline-size: 0; padding-block: 7px }
.fc-unfinished bdi { color: var(--ink) }
.fc-unfinished .fc-acts { margin-block: 4px }
`

/** Of which uploaders it was said: once, whatever becomes of the interface. @type {WeakSet<object>} */
const told = new WeakSet()

/** @param {import('./live.js').Live} live @returns {import('./reach.js').Tool} */
export function equip(live) {
  const list = make('ul', { class: 'fc-note fc-unfinished', part: 'unfinished', role: 'list' })
  adopt(/** @type {ShadowRoot} */ (live.root.getRootNode()), STYLE)
  live.root.querySelector('.fc-offline')?.before(list)
  /** What was painted last. @type {any[]} */
  let seen = [[]]

  /** At once where the browser finds its file, else the person is asked for it. @param {Unfinished} record */
  const goOn = async ({ id, canReopen }) => {
    if (!live.uploader || (canReopen && (await resume(id)))) return
    live.ask((files) => {
      if (files.length === 1) void resume(id, files[0])
      return files.length === 1
    })
  }

  /** It is to be sent at once: the person has asked for it. @param {string} record @param {File} [file] */
  const resume = async (record, file) => {
    let added, why
    try {
      added = await live.uploader?.resumeUnfinished(record, file)
      if (added) live.uploader?.upload().catch(() => {})
    } catch (error) {
      why = /** @type {Error} */ (error).message
    }
    live.complain(why)
    return added ?? why
  }

  /** @param {Unfinished} record */
  const row = (record) => {
    const { strings, direction, disabled } = live.settings
    const name = displayName(record.name)
    // There may be several of each.
    const act = (/** @type {string} */ verb, /** @type {string} */ label, /** @type {() => unknown} */ does) => {
      const node = button(verb, verb === 'continue')
      node.textContent = label
      node.disabled = disabled
      put(node, 'aria-label', `${label}: ${name}`)
      node.addEventListener('click', does)
      return node
    }
    return make(
      'li', {}, icon(RETRY),
      make('div', {}, make('bdi', { dir: direction }, tell(record, strings)), make('progress', { class: 'fc-bar', part: 'bar', max: record.size, value: record.bytesUploaded, 'aria-label': name })),
      make(
        'div', { class: 'fc-acts' },
        act('continue', record.canReopen ? strings.goOn : strings.chooseAgain, () => goOn(record)),
        act('discard', strings.discard, () => live.uploader?.discardUnfinished(record.id)),
      ),
    )
  }

  return {
    paint() {
      const { settings: { strings, direction, disabled }, unfinished, uploader } = live
      // What is there from the start is not announced by itself, and what is in a closed box to nobody.
      if (uploader && unfinished[0] && !told.has(uploader) && isShown(list)) {
        told.add(uploader)
        live.say(tell(unfinished[0], strings))
      }
      const now = [unfinished, strings, direction, disabled]
      if (now.every((one, at) => one === seen[at])) return
      const held = list.querySelector(':focus')
      const at = [...list.children].indexOf(held?.closest('li'))
      const same = unfinished.findIndex(({ id }) => id === seen[0][at]?.id)
      seen = now
      const rows = unfinished.slice(0, MOST_ROWS).map(row)
      const rest = unfinished.length - rows.length
      list.replaceChildren(...rows, ...(rest > 0 ? [make('li', {}, count(strings.andMore, rest, strings))] : []))
      list.hidden = !rows[0]
      // Where it was, or at the next one when that is gone.
      rows[Math.min(same < 0 ? at : same, rows.length - 1)]?.querySelector(`[data-do=${held?.dataset.do}]`)?.focus()
    },
  }
}

/** @param {Unfinished} record @param {import('./strings.js').Strings} strings */
const tell = ({ name, bytesUploaded, size }, strings) =>
  fill(strings.unfinished, displayName(name), bytes(bytesUploaded, strings), bytes(size, strings))
