// The translations: that none lacks a word, a plural form or a value, and that what they make reads well. And the words that
// an application brings along from Uppy.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { codes, load, resolve } from '../locales/index.js'
import { fromUppy } from '../locales/uppy.js'
import { message, rejection } from '../texts.js'
import { EN } from '../ui/strings.js'
import { bytes, count, duration, fill, percent } from '../ui/words.js'

/** @type {{[code: string]: import('../ui/strings.js').Strings}} */
const LOCALES = Object.fromEntries(await Promise.all(codes.map(async (code) => [code, await load(code)])))
const TRANSLATIONS = Object.entries(LOCALES).filter(([code]) => code !== 'en')

/** Every single text: `[name, text, category]`, the last for a form of a plural. */
const texts = (strings) =>
  Object.entries(strings).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : Object.entries(value).map(([category, form]) => [name, form, category]))

/** The places of a text or of all forms, in order. */
const places = (value) => {
  const all = (typeof value === 'string' ? [value] : Object.values(value)).flatMap((text) => text.match(/\{\d\}/g) ?? [])
  return [...new Set(all)].sort()
}

/** Whole numbers by their category in that language. */
const numbers = (code, category) => {
  const rules = new Intl.PluralRules(code)
  return [...Array(1001).keys(), 1e6, 2e6].filter((n) => rules.select(n) === category)
}

/** Arabic has digits of its own, which engines choose or do not. */
const plain = (text) =>
  text.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replace(/[\u061c\u200e\u200f\u2068\u2069]/g, '')

/** With ordinary spaces: which kind it is differs between versions of CLDR. */
const spaced = (text) => plain(text).replace(/[\u00a0\u202f]/g, ' ')

test('there is a file for every code and a code for every file', () => {
  const files = readdirSync(new URL('../locales', import.meta.url)).map((name) => name.replace(/\.js$/, ''))
  assert.deepEqual(files.filter((name) => !['index', 'uppy'].includes(name)).sort(), [...codes].sort())
  assert.equal(LOCALES.en, EN)
})

test('every language has the keys of English in its order, and says which language it is', () => {
  for (const [code, strings] of Object.entries(LOCALES)) {
    assert.deepEqual(Object.keys(strings), Object.keys(EN), code)
    assert.equal(strings.locale, code)
    assert.deepEqual(Intl.getCanonicalLocales(code), [code])
    assert.deepEqual(Intl.PluralRules.supportedLocalesOf(code), [code])
    assert.equal(strings.direction, ['ar', 'he'].includes(code) ? 'rtl' : 'ltr', code)
  }
})

test('what counts has exactly the forms that the language has', () => {
  // Hebrew lost its `many` in CLDR 42; an engine from before gets `other` for it.
  const gone = { he: ['many'] }
  for (const [code, strings] of Object.entries(LOCALES)) {
    const { pluralCategories } = new Intl.PluralRules(code).resolvedOptions()
    const wanted = pluralCategories.filter((category) => !gone[code]?.includes(category)).sort()
    for (const [name, value] of Object.entries(EN)) {
      assert.equal(typeof strings[name], typeof value, `${code}.${name}`)
      if (typeof value !== 'string') assert.deepEqual(Object.keys(strings[name]).sort(), wanted, `${code}.${name}`)
    }
  }
})

test('every text has the values that the English one has', () => {
  for (const [code, strings] of TRANSLATIONS) {
    for (const [name, text, category] of texts(strings)) {
      const wanted = places(EN[name])
      // A form that only one number takes may name it: "one file". Never one that also stands for 21 or for 0.
      const named = category && numbers(code, category).length === 1 && !text.includes('{0}')
      assert.deepEqual(places(text), named ? wanted.filter((place) => place !== '{0}') : wanted, `${code}.${name} ${text}`)
      for (const place of places(text)) assert.equal(text.split(place).length, 2, `${code}.${name} has ${place} twice`)
    }
  }
})

test('nothing is empty or left in English', () => {
  const same = {
    de: ['perSecond: {0}/s', 'fileName: Name'],
    fr: ['images: images', 'perSecond: {0}/s'],
    es: ['audio: audio', 'perSecond: {0}/s'],
    it: ['upToFiles: {0} file', 'audio: audio', 'perSecond: {0}/s'],
    'pt-BR': ['perSecond: {0}/s'],
    nl: ['audio: audio', 'perSecond: {0}/s'],
    pl: ['perSecond: {0}/s'],
  }
  const english = new Set(texts(EN).map(([name, text]) => `${name}: ${text}`))
  for (const [code, strings] of TRANSLATIONS) {
    const all = texts(strings).filter(([name]) => name !== 'locale' && name !== 'direction')
    for (const [name, text] of all) assert.match(text, /\S/, `${code}.${name}`)
    assert.deepEqual(all.map(([name, text]) => `${name}: ${text}`).filter((text) => english.has(text)), same[code] ?? [], code)
  }
})

test('signs and spaces are those of print', () => {
  for (const [code, strings] of TRANSLATIONS) {
    for (const [name, text] of texts(strings)) {
      const where = `${code}.${name} ${text}`
      assert.doesNotMatch(text, /['"`]|\.\.\.|^\s|\s$|\s\s/, where)
      if (code === 'fr') assert.doesNotMatch(text, / [:;!?»]|« |[^\u00a0\u202f][:;!?»]|«[^\u00a0\u202f]/, where)
      else assert.doesNotMatch(text, /\s[:;!?»]|«\s/, where)
      const [open, close] = ['\u2068', '\u2069'].map((sign) => text.split(sign).length)
      assert.equal(open, close, where)
    }
    for (const [name, value] of Object.entries(EN)) {
      if (typeof value !== 'string' || name === 'locale') continue
      assert.equal(/[.。]$/.test(strings[name]), value.endsWith('.'), `${code}.${name}: full stop`)
      assert.equal(strings[name].endsWith('…'), value.endsWith('…'), `${code}.${name}: ellipsis`)
    }
  }
})

test('names and sizes do not turn a sentence from right to left around', () => {
  const numeric = ['uploading', 'retryingSlow', 'allPaused', 'bytes']
  for (const code of ['ar', 'he']) {
    for (const [name, value] of Object.entries(LOCALES[code])) {
      if (typeof value !== 'string' || numeric.includes(name)) continue
      assert.doesNotMatch(value, /(?<!\u2068)\{\d\}|\{\d\}(?!\u2069)/, `${code}.${name}`)
    }
  }
})

test('numbers, sizes and durations come out in every language', () => {
  const whole = (text, where) => {
    assert.match(text, /\p{Nd}/u, where)
    assert.doesNotMatch(text, /[{}]|undefined|NaN/, where)
    return text
  }
  for (const [code, strings] of Object.entries(LOCALES)) {
    const sizes = [0, 1, 999, 1000, 1_500_000, 17e9, 8e15].map((size) => whole(bytes(size, strings), `${code} bytes ${size}`))
    assert.equal(new Set(sizes).size, sizes.length, code)
    assert.match(plain(bytes(1_500_000, strings)), /1[.,٫]5/, code)
    for (const ms of [0, 4100, 65_000, 3_900_000]) whole(duration(ms, strings), `${code} duration ${ms}`)
    assert.match(plain(percent(42, strings)), /^(42\s?[%٪]|%42)$/, code)
    for (const [name, forms] of Object.entries(strings)) {
      if (typeof forms === 'string') continue
      for (const n of [0, 1, 2, 3, 5, 11, 21, 22, 25, 100, 102, 1_000_000]) {
        const text = count(forms, n, strings, 'm')
        assert.doesNotMatch(text, /[{}]|undefined/, `${code}.${name} ${n}`)
        if (numbers(code, new Intl.PluralRules(code).select(n)).length > 1) whole(text, `${code}.${name} ${n}`)
      }
    }
  }
})

test('each language counts as it does', () => {
  const cases = {
    de: { 1: '1 Datei hochladen', 2: '2 Dateien hochladen', 12345: '12.345 Dateien hochladen' },
    fr: { 0: 'Téléverser 0 fichier', 1: 'Téléverser 1 fichier', 2: 'Téléverser 2 fichiers', 1000000: 'Téléverser 1 000 000 de fichiers' },
    es: { 1: 'Subir 1 archivo', 2: 'Subir 2 archivos', 1000000: 'Subir 1.000.000 de archivos' },
    it: { 1: 'Carica 1 file', 2: 'Carica 2 file', 1000000: 'Carica 1.000.000 di file' },
    'pt-BR': { 0: 'Enviar 0 arquivo', 1: 'Enviar 1 arquivo', 2: 'Enviar 2 arquivos', 1000000: 'Enviar 1.000.000 de arquivos' },
    nl: { 1: '1 bestand uploaden', 2: '2 bestanden uploaden' },
    pl: { 1: 'Prześlij 1 plik', 3: 'Prześlij 3 pliki', 5: 'Prześlij 5 plików', 12: 'Prześlij 12 plików', 22: 'Prześlij 22 pliki', 21: 'Prześlij 21 plików' },
    ru: { 1: 'Загрузить 1 файл', 3: 'Загрузить 3 файла', 5: 'Загрузить 5 файлов', 11: 'Загрузить 11 файлов', 21: 'Загрузить 21 файл', 22: 'Загрузить 22 файла' },
    uk: { 1: 'Завантажити 1 файл', 3: 'Завантажити 3 файли', 5: 'Завантажити 5 файлів', 11: 'Завантажити 11 файлів', 21: 'Завантажити 21 файл' },
    tr: { 1: '1 dosyayı yükle', 5: '5 dosyayı yükle' },
    ar: { 1: 'رفع ملف واحد', 2: 'رفع ملفين', 3: 'رفع 3 ملفات', 11: 'رفع 11 ملفًا', 100: 'رفع 100 ملف', 103: 'رفع 103 ملفات' },
    he: { 1: 'העלאת קובץ אחד', 2: 'העלאת שני קבצים', 3: 'העלאת 3 קבצים', 20: 'העלאת 20 קבצים' },
    'zh-CN': { 1: '上传 1 个文件', 5: '上传 5 个文件' },
    ja: { 1: '1個のファイルをアップロード', 5: '5個のファイルをアップロード' },
    ko: { 1: '파일 1개 업로드', 5: '파일 5개 업로드' },
  }
  assert.deepEqual(Object.keys(cases), TRANSLATIONS.map(([code]) => code))
  for (const [code, examples] of Object.entries(cases)) {
    for (const [n, text] of Object.entries(examples)) assert.equal(spaced(count(LOCALES[code].upload, Number(n), LOCALES[code])), text)
  }
  assert.equal(count(LOCALES.ru.ofFiles, 21, LOCALES.ru, '3'), '3 из 21 файла')
  assert.equal(count(LOCALES.ar.ofFiles, 2, LOCALES.ar, '1'), '1 من ملفين')
  assert.equal(count(LOCALES.ja.ofFiles, 5, LOCALES.ja, '2'), '5個中2個')
  assert.equal(spaced(bytes(999, LOCALES.fr)), '999 o')
  assert.equal(bytes(999, LOCALES.ko), '999B')
})

test('failures and refusals are told in every language', () => {
  const failures = ['file.changed', 'file.removed', 'file.mismatch', 'file.gone', 'network.offline', 'network.stall', 'network.error', 'sign.denied',
    'sign.expired', 'sign.error', 's3.precondition', 's3.EntityTooLarge', 's3.EntityTooSmall', 's3.policy', 's3.Unconfirmed', 's3.AccessDenied',
    'integrity.crc32c', 'config.header', 'restriction.meta.caption', 'internal.panic']
  const refusals = [{ code: 'type', allowed: 'image/*,.pdf' }, { code: 'size', max: 1e7 }, { code: 'size', min: 1e3 }, { code: 'empty' }, { code: 'count', max: 5 },
    { code: 'total', max: 5e7 }, { code: 'duplicate' }, { code: 'batch' }, { code: 'directory' }, { code: 'unreadable' }, { code: 'min_count', min: 2 }, { code: 'refused' }]
  for (const [code, strings] of Object.entries(LOCALES)) {
    const told = failures.flatMap((failure) => {
      const [kind, ...rest] = failure.split('.')
      const one = { kind, code: rest.join('.') }
      return [message(one, 'a b.png', strings), message({ ...one, limit: 5e6 }, 'a b.png', strings)]
    })
    told.push(...refusals.map((reason) => rejection(reason, 'a b.png', strings)))
    for (const text of told) assert.doesNotMatch(text, /[{}]|undefined|^$/, code)
  }
  assert.equal(message({ kind: 'file', code: 'changed' }, 'a.png', LOCALES.ru), 'Файл «a.png» изменился во время загрузки. Выберите его снова.')
  assert.equal(spaced(rejection({ code: 'size', max: 1e7 }, 'a.png', LOCALES.tr)), '“a.png”, 10 MB boyutundan büyük')
  assert.equal(rejection({ code: 'empty' }, 'a.png', LOCALES.fr), '«\u00a0a.png\u00a0» est vide')
})

test('a tag finds its language', () => {
  const cases = {
    de: 'de', 'de-AT': 'de', de_DE: 'de', DE: 'de', 'de-Latn-CH-1996': 'de', 'en-GB': 'en', 'es-419': 'es', pt: 'pt-BR', 'pt-PT': 'pt-BR', pt_BR: 'pt-BR',
    zh: 'zh-CN', 'zh-Hans': 'zh-CN', 'zh-SG': 'zh-CN', 'zh-Hans-HK': 'zh-CN', iw: 'he', 'he-IL': 'he', 'ar-EG': 'ar', 'ar-u-nu-arab': 'ar', 'ja-JP': 'ja',
    // Other characters, which its readers may not read.
    'zh-TW': undefined, 'zh-Hant': undefined, 'zh-HK': undefined, 'ru-Latn': undefined,
    fi: undefined, und: undefined, und_DE: undefined, '': undefined, 'no language': undefined, 'x-de': undefined, constructor: undefined,
  }
  for (const [tag, code] of Object.entries(cases)) assert.equal(resolve(tag), code, tag)
  for (const code of codes) assert.equal(resolve(code), code)
  for (const none of [null, undefined, 5]) assert.equal(resolve(none), undefined)
})

test('a code loads its strings, and anything else nothing', async () => {
  assert.equal((await load('pt-BR')).save, 'Salvar')
  for (const none of ['pt', 'fi', '', 'constructor', '__proto__', '../ui/strings']) assert.equal(await load(none), undefined)
})

// Packs in the manner of Uppy's, with words of our own.

const three = (n) => (n % 10 === 1 && n % 100 !== 11 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20) ? 1 : 2)
const two = (n) => (n === 1 ? 0 : 1)

test("Uppy's words are known by our names", () => {
  const pack = {
    strings: {
      addMore: 'Lisää', browseFiles: 'iloisesti', cancel: 'Peru', done: 'Valmis', dataUploadedOfTotal: '%{total}:sta %{complete}',
      exceedsSize: '%{file} on yli %{size}', noDuplicates: '%{fileName} on jo', xTimeLeft: '%{time} vielä', editFileWithFilename: 'Muuta %{file}',
      uploadXFiles: { 0: 'Lähetä %{smart_count} tiedosto', 1: 'Lähetä %{smart_count} tiedostoa' },
      filesUploadedOfTotal: { 0: '%{complete}/%{smart_count} a', 1: '%{complete}/%{smart_count} b' },
      missingRequiredMetaFields: { 0: 'Puuttuu %{fields}', 1: 'Puuttuvat %{fields}' },
    },
    pluralize: two,
  }
  assert.deepEqual(fromUppy(pack, 'fi_FI'), {
    locale: 'fi-FI', direction: 'ltr', chooseFiles: 'Iloisesti', addMore: 'Lisää', editFile: 'Muuta {0}',
    upload: { one: 'Lähetä {0} tiedosto', other: 'Lähetä {0} tiedostoa' }, cancelAll: 'Peru', ofFiles: { one: '{1}/{0} a', other: '{1}/{0} b' },
    ofBytes: '{1}:sta {0}', timeLeft: '{0} vielä', done: 'Valmis', cancel: 'Peru', tooLargeLimit: '{0} on yli {1}', required: 'Puuttuu {0}',
    largerThan: '{0} on yli {1}', duplicate: '{0} on jo',
  })
  const strings = { ...EN, ...fromUppy(pack, 'fi') }
  assert.equal(count(strings.ofFiles, 5, strings, '2'), '2/5 b')
  assert.equal(spaced(rejection({ code: 'size', max: 1e7 }, '$&.png', strings)), '$&.png on yli 10 Mt')
  assert.equal(strings.verified, EN.verified)
})

test("values that Uppy's text lacks are added, and a text with a foreign one is left out", () => {
  const strings = { uploading: 'Lädt', paused: 'Ruht', removeFile: 'Weg damit', exceedsSize: 'Zu groß, höchstens', youCanOnlyUploadFileTypes: 'Nur %{types}',
    noMoreFilesAllowed: 'Nach %{seconds} Sekunden', xTimeLeft: 'noch %{zeit}', uploadXFiles: 'Los mit %{smart_count}', addMore: '', unknownKey: 'x' }
  assert.deepEqual(fromUppy({ strings }, 'de'), {
    locale: 'de', direction: 'ltr', uploading: 'Lädt {0}', paused: 'Ruht', removeFile: 'Weg damit – {0}', upload: { other: 'Los mit {0}' },
    allPaused: 'Ruht · {0}', tooLargeLimit: '{0} – Zu groß, höchstens {1}', notAccepted: '{0} – Nur {1}', largerThan: '{0} – Zu groß, höchstens {1}',
  })
})

test("Uppy's plural indices become the categories of the language", () => {
  const forms = (pluralize, language, ...texts) => {
    const { upload } = fromUppy({ strings: { uploadXFiles: { ...texts } }, pluralize }, language)
    const strings = { ...EN, locale: language, upload }
    return (n) => fill(upload[new Intl.PluralRules(strings.locale).select(n)], String(n))
  }
  const ru = forms(three, 'ru', '%{smart_count} a', '%{smart_count} b', '%{smart_count} c')
  assert.deepEqual([1, 21, 2, 104, 5, 11, 0].map(ru), ['1 a', '21 a', '2 b', '104 b', '5 c', '11 c', '0 c'])
  // A pack with two forms for a language with more.
  const pl = forms(two, 'pl', '%{smart_count} a', '%{smart_count} b')
  assert.deepEqual([1, 2, 5, 21].map(pl), ['1 a', '2 b', '5 b', '21 b'])
  const ar = forms(two, 'ar', '%{smart_count} a', '%{smart_count} b')
  assert.deepEqual([0, 1, 2, 3, 11, 100].map(ar), ['0 b', '1 a', '2 b', '3 b', '11 b', '100 b'])
  // `one` stands for 0 as well, and 1 counts more.
  const fr = forms(two, 'fr', '%{smart_count} a', '%{smart_count} b')
  assert.deepEqual([0, 1, 2, 1_000_000].map(fr), ['0 a', '1 a', '2 b', '1000000 b'])
  // The plural comes first; one form for all; two forms for a language that has one.
  const el = forms((n) => (n === 1 ? 1 : 0), 'el', '%{smart_count} b', '%{smart_count} a')
  assert.deepEqual([1, 2].map(el), ['1 a', '2 b'])
  const hu = forms(() => 0, 'hu', '%{smart_count} a')
  assert.deepEqual([1, 2].map(hu), ['1 a', '2 a'])
  const ja = forms(two, 'ja', 'one', '%{smart_count} b')
  assert.deepEqual([1, 2].map(ja), ['1 b', '2 b'])
  // An index without a text.
  const cs = forms((n) => (n === 1 ? 0 : n < 5 ? 1 : 2), 'cs', '%{smart_count} a', '%{smart_count} b')
  assert.deepEqual([1, 3, 5].map(cs), ['1 a', '3 b', '5 b'])
})

test('a pack says as much as it does', () => {
  assert.deepEqual(fromUppy({}), {})
  assert.deepEqual(fromUppy({ strings: { save: 'S' } }), { save: 'S' })
  assert.deepEqual(fromUppy({ strings: { save: 'S' } }, 'no language'), { save: 'S' })
  assert.deepEqual(fromUppy({}, 'fa_IR'), { locale: 'fa-IR', direction: 'rtl' })
  assert.deepEqual(fromUppy({ strings: { browseFiles: 'iç' } }, 'tr').chooseFiles, 'İç')
  assert.deepEqual(fromUppy({ strings: { uploadXFiles: { 0: '1', 1: '%{smart_count}' } } }).upload, { one: '1', other: '{0}' })
})
