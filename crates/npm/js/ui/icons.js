// Icons as SVG paths in a 24-unit square, drawn by stroke, and the families of file types.

/** An arrow out of a tray. */
export const UPLOAD = 'M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M5 16v2a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-2'
/** A cross. */
export const REMOVE = 'M6 6l12 12M18 6L6 18'
/** An arrow in a circle. */
export const RETRY = 'M20 11A8 8 0 1 0 18 17M20 5v6h-6'
/** A triangle. */
export const RESUME = 'M8 5l11 7-11 7z'
/** Two bars. */
export const PAUSE = 'M9 6v12M15 6v12'
/** A pencil. */
export const EDIT = 'M4 20l1-4L16.5 4.5l3 3L8 19z'
/** Two sheets. */
export const COPY = 'M9 9h10v11H9zM15 9V4H5v11h4'
/** Two links of a chain. */
export const LINK = 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 6l1-1'
/** A tick in a shield. */
export const SEAL = 'M12 3l7 3v6c0 4-3 7-7 9-4-2-7-5-7-9V6zM9 12l2 2 4-4'
/** A triangle with an exclamation mark. */
export const WARNING = 'M12 9v5m0 3v.01M12 3.5l9 16.5H3z'
/** A crossed-out wave. */
export const OFFLINE =
  'M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M2 9a15 15 0 0 1 4.2-2.7M19 12.5a10 10 0 0 0-4-2.5M22 9a15 15 0 0 0-11-3.9M8.5 16a5 5 0 0 1 7 0M12 20h.01'

const SHEET = 'M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5'

/** By the name of the family, which is also its `data-kind`. @type {Record<string, string>} */
export const FAMILIES = {
  file: SHEET,
  text: `${SHEET}M9 13h6M9 16.5h6`,
  image: 'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM4 16l4.5-4.5 4 4 3-3L20 17M15 8.5v.01',
  video: 'M4 6h11v12H4zM15 10.5l5-3v9l-5-3',
  audio: 'M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0M19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9',
  archive: 'M4 5h16v4H4zM5 9v10h14V9M10 13h4',
}

const TABLE = /^(csv|tsv|xlsx?|ods|numbers)$/i
const ARCHIVE = /^(zip|t?gz|tar|rar|7z|xz|bz2|zst|dmg|iso)$/i
const TEXT = /^(pdf|docx?|odt|rtf|md|pages|epub|pptx?|odp|key)$/i

/** The family a file belongs to, by its extension where that says more than its type. @param {string} type @param {string} extension */
export function family(type, extension) {
  if (TABLE.test(extension)) return 'table'
  if (ARCHIVE.test(extension)) return 'archive'
  if (TEXT.test(extension)) return 'text'
  const group = type.split('/')[0]
  return group !== 'file' && Object.hasOwn(FAMILIES, group) ? group : 'file'
}

/** Types that a browser shows as a picture without running anything in them. SVG is not among them. */
export const RASTER = /^image\/(png|jpeg|gif|webp|avif)$/
