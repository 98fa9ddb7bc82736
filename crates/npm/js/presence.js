// What the page does while bytes are on their way: the browser asks before it is left, the screen stays on, the title says how
// far it is, and the icon of an installed page how many files are left. All of it ends with the last upload, whichever uploader
// it was of.

/**
 * @typedef {object} Wants
 * @property {boolean} asks whether the browser asks the person before the page is left
 * @property {boolean} awake whether the screen is kept on, where the browser can
 * @property {string} [title] what stands before the page's title, such as `42 %`
 * @property {number} [badge] what the icon of an installed page says, where the browser can
 */

/** Who is under way. @type {Map<object, Wants>} */
const busy = new Map()
/** The screen's lock, or that it was asked for. @type {Promise<WakeLockSentinel | undefined> | undefined} */
let lock
/** What we put before the title. */
let prefix = ''
/** What the icon says. */
let badge = 0

/** @param {BeforeUnloadEvent} event */
function ask(event) {
  event.preventDefault()
  // Older browsers ask only then.
  event.returnValue = true
}

const keepOn = () => {
  // The browser takes the lock away when the page is hidden.
  lock = navigator.wakeLock?.request('screen').catch(() => undefined)
}
const onVisible = () => {
  if (document.visibilityState === 'visible') keepOn()
}

/** 0 takes it away. @param {number} count */
const tell = async (count) => {
  try {
    await navigator.setAppBadge?.(count)
  } catch {
    // Nobody has to hear of that.
  }
}
const gone = () => tell((badge = 0))

/** Says that somebody is under way and wants that, or is not any more. @param {object} who @param {Wants} [wants] */
export function present(who, wants) {
  if (wants) busy.set(who, wants)
  else if (!busy.delete(who)) return
  const all = [...busy.values()]
  // Added once however often: the same function is one listener. None while nothing runs, since one keeps pages out of the
  // back/forward cache.
  if (all.some(({ asks }) => asks)) addEventListener('beforeunload', ask)
  else removeEventListener('beforeunload', ask)
  if (all.some(({ awake }) => awake)) {
    if (!lock) keepOn()
    document.addEventListener('visibilitychange', onVisible)
  } else {
    document.removeEventListener('visibilitychange', onVisible)
    void lock?.then((held) => held?.release())
    lock = undefined
  }
  show(all.find(({ title }) => title)?.title)
  const before = badge
  badge = all.reduce((sum, one) => sum + (one.badge ?? 0), 0)
  if (badge !== before) tell(badge)
  if (badge > 0) addEventListener('pagehide', gone)
  else removeEventListener('pagehide', gone)
}

/** @param {string} [text] */
function show(text) {
  if (!text && !prefix) return
  // The page may have set another title meanwhile.
  const own = prefix && document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title
  prefix = text ? `${text} · ` : ''
  document.title = prefix + own
}
