// The language and the direction of one uploader: its attributes `lang` and `dir`, nothing else.

import { $, make } from './page.js'
import { markup } from './code.js'

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt-BR', 'nl', 'pl', 'ru', 'uk', 'tr', 'ar', 'he', 'zh-CN', 'ja', 'ko']
const FROM_THE_RIGHT = ['ar', 'he']

const uploader = $('#spoken file-chute')
const select = $('#language')
const rtl = $('#rtl')

for (const code of LANGUAGES) {
  // Each in its own words, for those who read no other.
  const name = new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code
  const option = make('option', '', name.charAt(0).toLocaleUpperCase(code) + name.slice(1))
  Object.assign(option, { value: code, lang: code })
  select.append(option)
}

function apply() {
  uploader.lang = select.value
  if (rtl.checked) uploader.dir = 'rtl'
  else uploader.removeAttribute('dir')
  $('#spoken-code code').textContent = markup(uploader)
}

select.addEventListener('change', () => {
  rtl.checked = FROM_THE_RIGHT.includes(select.value)
  apply()
})
rtl.addEventListener('change', apply)
apply()
