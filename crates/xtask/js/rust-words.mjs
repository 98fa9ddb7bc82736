// Writes the words of the interface, and what its modes need of style sheets, for Rust. The JavaScript side is where they
// are kept: `crates/npm/js/ui/strings.js`, `crates/npm/js/locales` and the style sheets in `crates/npm/js/ui`. A test
// compares what this makes with what is there.
//
// Run by `cargo xtask words`.

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codes, load } from '../../npm/js/locales/index.js'
import { EN } from '../../npm/js/ui/strings.js'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const HEAD = '// Made by `cargo xtask words` from the JavaScript side. Change it there.\n'
/** Where the element keeps style sheets that it loads when they are wanted. */
const SHEETS = ['modes-style', 'editor', 'sort', 'select', 'unfinished']
const FORMS = ['zero', 'one', 'two', 'few', 'many']
/** Their names in the languages themselves would not tell a programmer much. */
const ENGLISH = new Intl.DisplayNames('en', { type: 'language' })

/** @param {string} name */
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A string literal; what cannot be seen is escaped. @param {string} text */
const literal = (text) =>
  `"${text.replace(/[\\"]/g, '\\$&').replace(/[\p{C}\p{Z}]/gu, (c) => (c === ' ' ? c : `\\u{${c.codePointAt(0)?.toString(16)}}`))}"`

/** @param {string} name @param {any} value */
function expression(name, value) {
  if (name === 'direction') return value === 'rtl' ? 'Direction::Rtl' : 'Direction::Ltr'
  if (typeof value === 'string') return literal(value)
  const given = FORMS.filter((form) => value[form] !== undefined).map((form) => `${form}: Some(${literal(value[form])})`)
  const rest = given.length < FORMS.length ? ['..Forms::NONE'] : []
  return `Forms { ${[...given, `other: ${literal(value.other)}`, ...rest].join(', ')} }`
}

/** @param {any} strings @param {string} indent */
const fields = (strings, indent) =>
  Object.keys(EN).map((name) => `${indent}${snake(name)}: ${expression(name, strings[name])},\n`).join('')

/** @param {string} name @param {any} value */
function documented(name, value) {
  const [type, text] = name === 'direction' ? ['Direction', 'The writing direction.']
    : name === 'locale' ? ['&\'static str', 'The language, as in the attribute `lang`; numbers and sizes are written in it.']
      : typeof value === 'string' ? ['&\'static str', `“${value}”`] : ['Forms', `“${value.one}”, “${value.other}”`]
  return `    /// ${text}\n    pub ${snake(name)}: ${type},\n`
}

const constant = (/** @type {string} */ code) => code.toUpperCase().replace('-', '_')
const module = (/** @type {string} */ code) => code.toLowerCase().replace('-', '_')

/** The style sheets that the element loads apart. */
function styles() {
  const one = (/** @type {string} */ name) => {
    const source = readFileSync(join(ROOT, `crates/npm/js/ui/${name}.js`), 'utf8')
    const text = /const STYLE = `\n?([^`]*)`/.exec(source)?.[1]
    if (!text) throw new Error(`${name}.js has no style sheet`)
    return text
  }
  return `/* ${HEAD.slice(3, -1)} */\n${SHEETS.map(one).join('')}`
}

/** All files by their path. @returns {Promise<Record<string, string>>} */
export async function files() {
  const others = codes.filter((code) => code !== 'en')
  /** @type {Record<string, string>} */
  const made = {
    'src/ui/more.css': styles(),
    'src/strings/table.rs': `${HEAD}//! All words, and the English ones.

use super::{Direction, Forms};

/// Every word that a person reads or hears, in one language. \`{0}\`, \`{1}\` … stand for values.
///
/// What an application wants to say differently it takes from a language with an update:
/// \`Strings { title: "Photos", ..Strings::EN }\`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strings {
${Object.entries(EN).map(([name, value]) => documented(name, value)).join('')}}

impl Strings {
    /// English.
    pub const EN: Self = Self {
${fields(EN, '        ')}    };
}
`,
    'src/strings/locales/mod.rs': `${HEAD}//! The languages there are beside English, each a constant of its own: an application carries those it names.

use super::{Strings, tags::written};

${others.map((code) => `mod ${module(code)};\n`).join('')}
${others.map((code) => `pub use ${module(code)}::${constant(code)};\n`).join('')}
/// The codes of all languages.
pub const CODES: [&str; ${codes.length}] = [${codes.map(literal).join(', ')}];

/// The words for a reader of that tag, as in the attribute \`lang\`: of the same language in the same script, whatever the
/// country. \`pt-PT\` gets \`pt-BR\`, but \`zh-TW\` nothing, for it is not written in simplified characters.
///
/// An application that calls this carries all languages.
#[must_use]
pub fn find(tag: &str) -> Option<Strings> {
    Some(match written(tag)?.as_str() {
${codes.map((code) => `        ${literal(writtenIn(code))} => ${code === 'en' ? 'Strings::EN' : constant(code)},\n`).join('')}        _ => return None,
    })
}
`,
  }
  for (const code of others) {
    made[`src/strings/locales/${module(code)}.rs`] = `${HEAD}//! ${ENGLISH.of(code)}.

use crate::strings::{Direction, Forms, Strings};

/// ${ENGLISH.of(code)}.
pub const ${constant(code)}: Strings = Strings {
${fields(await load(code), '    ')}};
`
  }
  return made
}

/** Language and script. @param {string} code */
function writtenIn(code) {
  const { language, script } = new Intl.Locale(code).maximize()
  return `${language}-${script}`
}

/** What differs from what is there, by path. @returns {Promise<string[]>} */
export async function outdated() {
  const there = (/** @type {string} */ path) => {
    try {
      return readFileSync(join(ROOT, path), 'utf8')
    } catch {
      return ''
    }
  }
  return Object.entries(await files()).filter(([path, text]) => there(path) !== text).map(([path]) => path)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await files()
  for (const path of await outdated()) {
    writeFileSync(join(ROOT, path), made[path])
    console.log(`wrote ${path}`)
  }
}
