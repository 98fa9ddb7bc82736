// A form about one file: its name and what the application wants to know. Loaded when someone first opens it.

import { displayName } from '../names.js'
import { adopt } from '../sheet.js'
import { escapes, make } from './dom.js'
import { fill } from './words.js'

const STYLE = `
.fc-editor { inline-size: min(420px, 100vi - 24px); padding: 16px; border: 1px solid var(--line); border-radius: var(--r); background: var(--bg); color: var(--ink); font-size: 1rem }
.fc-editor::backdrop { background: #0006 }
.fc-form { display: grid; gap: 12px }
.fc-label { display: grid; gap: 4px; font-weight: 550 }
.fc-field { min-block-size: 36px; padding: 0 10px; border: 1px solid color-mix(in srgb, var(--dim) 70%, transparent); border-radius: 6px; background: var(--bg); color: var(--ink); font: inherit; font-weight: 400 }
`

/** Where only some types are taken, another name does not make it one of another. @param {string} name @param {string} extension @param {Record<string, any>} restrictions */
function rename(name, extension, { allowedFileTypes }) {
  if (!allowedFileTypes?.length) return name
  if (!extension) return name.replace(/\.(?=[^.]*$)/, '_')
  const end = `.${extension}`
  return name.length > end.length && name.toLowerCase().endsWith(end.toLowerCase()) ? name : name.replace(/\.+$/, '') + end
}

/**
 * Asks, and resolves to what was written, or to `undefined` when it was cancelled.
 * @param {Element} panel @param {import('../index.js').UploadFile} file @param {import('./panel.js').Settings} settings
 * @returns {Promise<Record<string, string> | undefined>}
 */
export function ask(panel, file, { strings, metaFields = [], restrictions }) {
  const required = new Set(restrictions.requiredMetaFields ?? [])
  const fields = [{ id: 'name', name: strings.fileName, placeholder: '', required: true }, ...metaFields.filter(({ id }) => id !== 'name')]
  const inputs = fields.map(({ id, placeholder, required: must }) => {
    const input = make('input', { class: 'fc-field', name: id, placeholder, autocomplete: 'off' })
    // As long as file systems have them.
    if (id === 'name') input.maxLength = 255
    input.required = Boolean(must) || required.has(id)
    input.value = file.meta[id] ?? ''
    return input
  })
  const save = make('button', { type: 'submit', class: 'fc-btn fc-main', part: 'button save' }, strings.save)
  const cancel = make('button', { type: 'button', class: 'fc-btn', part: 'button cancel' }, strings.cancel)
  const labels = fields.map(({ id, name }, at) => make('label', { class: 'fc-label' }, `${name || id}${inputs[at].required ? ' *' : ''}`, inputs[at]))
  const form = make('form', { method: 'dialog', class: 'fc-form' }, ...labels, make('div', { class: 'fc-acts' }, save, cancel))
  const dialog = make('dialog', { class: 'fc-editor', part: 'editor', 'aria-label': fill(strings.editFile, displayName(file.meta.name || file.name)) }, form)
  adopt(/** @type {ShadowRoot} */ (panel.getRootNode()), STYLE)
  panel.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    /** @type {Record<string, string> | undefined} */
    let written
    form.addEventListener('submit', () => {
      const { name, ...rest } = Object.fromEntries(inputs.map((input) => [input.name, input.value]))
      written = { name: rename(name.trim() || file.name, file.extension, restrictions), ...rest }
    })
    cancel.addEventListener('click', () => dialog.close())
    escapes(dialog, () => dialog.close())
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(written)
    })
  })
}
