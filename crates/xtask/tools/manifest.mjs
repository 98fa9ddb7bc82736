// node manifest.mjs FOLDER STYLE README OUT: the Custom Elements Manifest of `<file-chute>` (schema 2.1.0), which editors and
// documentation tools read, out of what the element itself goes by: its tables of attributes and events, its types, the parts
// that its README promises, and the custom properties of its style sheet.
//
// `@custom-elements-manifest/analyzer` finds none of these: attributes and events are data here, not decorators or comments.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const sorted = (names) => [...new Set(names)].toSorted()

/** The members of a class in a declaration file: name, type and the comment before it. @param {string} text @param {string} name */
function membersOf(text, name) {
  const body = text.slice(text.indexOf(`class ${name}`), text.indexOf('\n}', text.indexOf(`class ${name}`)))
  const found = new Map()
  const member = /(?:\/\*\*([^]*?)\*\/\s*)?^ {2}(readonly |get )?(\w+)(\(.*?\))?: (.+)$/gm
  for (const [, comment, before, own, call, type] of body.matchAll(member)) {
    if (found.has(own) || /EventListener$/.test(own)) continue
    const description = comment?.replace(/^\s*\*?\s?/gm, '').replace(/\s+/g, ' ').trim()
    found.set(own, { name: own, description, type: { text: type }, isMethod: Boolean(call) && before !== 'get ' })
  }
  return [...found.values()]
}

/** Custom properties and what they are where nobody sets them. @param {string} css */
function propertiesOf(css) {
  /** @type {Map<string, string | undefined>} */
  const found = new Map()
  for (const { 1: name, index } of css.matchAll(/var\((--fc-[\w-]+)/g)) {
    let [end, depth] = [index + 4, 1]
    for (; depth > 0; end += 1) depth += { '(': 1, ')': -1 }[css[end]] ?? 0
    const value = css.slice(index + 4 + name.length, end - 1).replace(/^,\s*/, '')
    found.set(name, found.get(name) ?? (value || undefined))
  }
  return found
}

/** The parts in the README's list. @param {string} text */
function partsOf(text) {
  const [, list] = /`::part\(\)`:([^]*?)\.\n/.exec(text) ?? ['', '']
  return [...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name)
}

/** The custom states in the README's sentence on `:state()`. @param {string} text */
function statesOf(text) {
  const [, sentence] = /styled by `:state\(\)`([^]*?)\.\s/.exec(text) ?? ['', '']
  return [...sentence.matchAll(/(?:state\(|`)([a-z]+)(?=[)`])/g)].map(([, name]) => name)
}

/** What stands where. */
const SLOTS = {
  header: 'Content of the page above the drop zone.',
  footer: 'Content of the page below the list.',
  fallback: 'Stands in when the uploader cannot be loaded.',
  '': 'A plain `<input type=file>`, which works until the script does.',
}

/** @param {string} folder of the JavaScript @param {string} style the style sheet's path @param {string} readme the package's */
export async function manifest(folder, style, readme) {
  const load = (name) => import(pathToFileURL(join(folder, name)).href)
  const [{ ATTRIBUTES }, { EVENTS }] = [await load('attributes.js'), await load('events.js')]
  const members = membersOf(readFileSync(join(folder, 'element.d.ts'), 'utf8'), 'FileChuteElement')
  const about = Object.fromEntries(members.map((member) => [member.name, member]))
  const defaults = propertiesOf(readFileSync(style, 'utf8'))
  const promised = readFileSync(readme, 'utf8')
  const declaration = {
    kind: 'class',
    name: 'FileChuteElement',
    tagName: 'file-chute',
    customElement: true,
    description: 'A drop zone and a list of files that go straight to S3. In a form it submits the keys under its `name`.',
    superclass: { name: 'HTMLElement' },
    attributes: Object.entries(ATTRIBUTES).map(([property, { name, flag }]) => ({
      name,
      fieldName: property,
      description: about[property]?.description,
      type: { text: flag ? 'boolean' : (about[property]?.type.text ?? 'number | string | undefined') },
    })),
    members: members.map(({ name, description, type, isMethod }) => isMethod
      ? { kind: 'method', name, description, return: { type } }
      : { kind: 'field', name, description, type, ...(ATTRIBUTES[name] && { attribute: ATTRIBUTES[name].name, reflects: true }) }),
    events: [{ name: 'change', type: { text: 'Event' }, description: 'The value is another one, as of an input.' }, ...Object.keys(EVENTS).map((name) => ({ name, type: { text: 'CustomEvent' }, description: `\`detail\`: ${EVENTS[name].map((field) => `\`${field}\``).join(', ') || 'nothing'}` }))],
    slots: Object.entries(SLOTS).map(([name, description]) => ({ name, description })),
    cssParts: sorted(partsOf(promised)).map((name) => ({ name })),
    cssStates: sorted(statesOf(promised)).map((name) => ({ name })),
    cssProperties: sorted(defaults.keys()).map((name) => ({ name, default: defaults.get(name) })),
  }
  return {
    schemaVersion: '2.1.0',
    readme: 'README.md',
    modules: [{
      kind: 'javascript-module',
      path: 'element.js',
      declarations: [declaration],
      exports: [
        { kind: 'js', name: 'FileChuteElement', declaration: { name: 'FileChuteElement' } },
        { kind: 'custom-element-definition', name: 'file-chute', declaration: { name: 'FileChuteElement' } },
      ],
    }],
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, style, readme, out] = process.argv.slice(2)
  writeFileSync(out, `${JSON.stringify(await manifest(folder, style, readme), null, 2)}\n`)
}
