// The journal's inside: the database, the locks, and what is believed of them. In JavaScript, since this is where all of
// it lives; `mod.rs` is its face. Importing this does nothing. What Rust calls never throws, and no promise it is given
// rejects.

const NAME = 'filechute'
/** Of the database, and of how records are written. */
const VERSION = 1
/** An answer that takes longer never comes. */
const OPEN_WITHIN_MS = 3_000
/** As long, for reads, which wait for what is being written. */
const READ_WITHIN_MS = 15_000
/** Parts are written together, at most this often. */
const BATCH_MS = 250
const DAY_MS = 24 * 3_600_000
/** What has not got on for so long is dropped, and its upload aborted. */
const KEPT_MS = 7 * DAY_MS
/** What the store was not told to abort in so long, its own rules have removed. */
const OWED_MS = 30 * DAY_MS
/** A clock may have been this wrong when something was written. */
const SKEW_MS = DAY_MS
/** Most records, and most aborts, that are read. */
const MOST = 1_000
const MOST_META = 100
const MOST_PARTS = 10_000
const MIB = 1 << 20
/** Before the id of a record in the name of its lock. */
const PREFIX = 'filechute:'

/** Records by id. */
const RECORDS = 'records'
/** What the store has of them, by `[id, part number]`. */
const PARTS = 'parts'
/** Where their bytes are found again, by id. */
const HANDLES = 'handles'
/** Uploads to be aborted, by `[scope, upload id]`. */
const OWED = 'owed'
const STORES = [RECORDS, PARTS, HANDLES, OWED]

/** Longest text of a person's or an application's. */
const LONGEST = 8_192
/** Longest ETag, checksum or digest. */
const LONGEST_HASH = 256
/** Texts of an upload that is to be aborted, and their greatest length; the longest known ids have about 1,000.
 * @type {Record<string, number>} */
const OWED_TEXTS = { uploadId: 4_096, key: 4_096, bucket: LONGEST_HASH }
/** Texts of a record. @type {Record<string, number>} */
const TEXTS = {
  id: 64, scope: LONGEST, name: LONGEST, type: LONGEST_HASH, ...OWED_TEXTS, algorithm: 32, head: LONGEST_HASH, tail: LONGEST_HASH,
}
const NUMBERS = ['version', 'created', 'updated', 'size', 'partSize']
/** All of a record but its meta, in the order in which Rust gives and takes them: `record.rs` has the same. */
export const FIELDS = [...Object.keys(TEXTS), ...NUMBERS, 'lastModified', 'relativePath', 'checksum']

/** @typedef {(store: (name: string) => IDBObjectStore) => void} Change */
/** Has its place in a row by `FIELDS`. @typedef {Record<string, any>} Stored */

/** @param {any} value */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
/** The own properties; what a polluted prototype adds is not among them. @param {any} value @returns {Stored} */
const own = (value) => ({ __proto__: null, ...value })
/** @param {any} value @param {number} longest */
const isText = (value, longest) => typeof value === 'string' && value.length <= longest
/** @param {any} value */
const isWhole = (value) => Number.isSafeInteger(value) && value >= 0
/** Printable ASCII without quotes; may be empty. @param {any} value */
const isHash = (value) => isText(value, LONGEST_HASH) && /^[!#-~]*$/.test(value)
/** @param {Stored} value @param {Record<string, number>} texts */
const hasTexts = (value, texts) => Object.entries(texts).every(([name, longest]) => isText(value[name], longest))

/** Form fields and headers that sign a request, or a presigned address. @param {[string, any]} entry */
const isHarmless = ([name, value]) =>
  !/^(x-amz-.*|policy|signature|awsaccesskeyid|authorization|(set-)?cookie)$/is.test(name) && !/x-amz-signature/i.test(value)

/** Whether anything is ever cut like that. @param {Stored} record */
const isPlan = ({ size, partSize }) =>
  size > 0 && partSize >= 5 * MIB && partSize <= 5120 * MIB && partSize >= Math.ceil(size / MOST_PARTS / MIB) * MIB

/** A record as it was stored, or nothing for anything that this code would not have written.
 * @param {any} value @param {number} now @returns {Stored | undefined} */
function checked(value, now) {
  const record = own(value)
  if (
    isObject(value) && hasTexts(record, TEXTS) && NUMBERS.every((name) => isWhole(record[name])) &&
    record.version === VERSION && Number.isSafeInteger(record.lastModified) && /^[a-z\d-]{8,}$/i.test(record.id) &&
    (record.relativePath === null || isText(record.relativePath, LONGEST)) &&
    record.uploadId && record.key && isHash(record.head) && isHash(record.tail) && isPlan(record) &&
    record.created <= record.updated && record.updated <= now + SKEW_MS && isObject(record.meta)
  ) {
    const meta = Object.entries(record.meta)
    if (meta.length <= MOST_META && meta.every(([name, text]) => isText(name, LONGEST) && isText(text, LONGEST))) {
      return { ...record, meta: meta.filter(isHarmless).flat() }
    }
  }
}

/** The keys from `[first]` on that begin like it. Arrays come after numbers and texts, so `[]` ends the range.
 * @param {any} first */
const beginningWith = (first) => IDBKeyRange.bound([first], [first, []])

/** The first of two events, rejected when neither came in time; 0 waits for ever. Call it in the turn that made `target`,
 * before anything can have happened.
 * @param {any} target @param {string} good @param {string} bad @param {number} patience */
const settled = (target, good, bad, patience) =>
  new Promise((resolve, reject) => {
    target[good] = resolve
    target[bad] = reject
    if (patience) setTimeout(reject, patience)
  })

/** Keeps other tabs away from a record until it is released or the page is gone. Where there are no locks (an old browser,
 * a page without https) nobody has any. Given back at once, so that whoever does not wait can release it all the same.
 * @param {string} id @returns {{ granted: Promise<boolean>, release: () => void }} */
function lock(id) {
  /** @type {any} */
  let release
  const held = new Promise((resolve) => (release = resolve))
  const granted = new Promise((tell) => {
    /** @param {Lock | null} got */
    const answer = (got) => {
      tell(!!got)
      return got && held
    }
    try {
      // Ends when the lock is given back, or at once with an error.
      navigator.locks.request(PREFIX + id, { ifAvailable: true }, answer).catch(() => tell(true))
    } catch {
      tell(true)
    }
  })
  return { granted, release }
}

export class Journal {
  #scope
  /** @type {((why: string) => void) | undefined} */
  #complain
  /** Something could not be written: nothing more is, but what is there can be forgotten. */
  #full = false
  /** `null` once there is none and never will be. @type {IDBDatabase | null | undefined} */
  #db
  #opened
  /** @type {Change[]} */
  #queue = []
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  /** What was written last, after all before it. @type {Promise<unknown> | undefined} */
  #last
  /** Ids that parts may be noted under: a part that comes after its record was forgotten must not stay behind. */
  #known = new Set()
  #closed = new AbortController()

  /** @param {string} scope @param {(why: string) => void} complain called at most once */
  constructor(scope, complain) {
    this.#scope = scope
    this.#complain = complain
    this.#opened = this.#open()
    // `freeze` is the document's and does not bubble.
    for (const event of ['pagehide', 'freeze', 'visibilitychange']) {
      globalThis.addEventListener?.(event, () => this.#write(), { capture: true, signal: this.#closed.signal })
    }
  }

  async #open() {
    /** @type {any} */
    let request
    try {
      request = indexedDB.open(NAME, VERSION)
      request.onupgradeneeded = () => {
        for (const store of STORES) request.result.createObjectStore(store)
      }
      // `blocked` needs no handler: it ends in one of these, or takes too long.
      await settled(request, 'onsuccess', 'onerror', OPEN_WITHIN_MS)
      const db = request.result
      db.onversionchange = db.onclose = () => this.#off({ name: 'the database was closed' })
      this.#db = db
      this.#write()
    } catch (error) {
      this.#off(error)
      // It may still succeed one day; a connection that nobody uses would keep other tabs from upgrading.
      try {
        request.onsuccess = () => request.result.close()
      } catch {}
    }
  }

  /** From now on nothing is remembered. @param {any} error never told but by its name: a text could quote what was stored */
  #off(error) {
    try {
      this.#db?.close()
    } catch {}
    this.#db = null
    this.#queue = []
    this.#tell(error)
  }

  /** @param {any} error */
  #tell(error) {
    const why = error?.name ?? error?.target?.error?.name
    // Not while Rust is in the middle of something.
    queueMicrotask(() => {
      const complain = this.#complain
      this.#complain = undefined
      complain?.(`${why ?? 'no answer'}`)
    })
  }

  /** Nobody uses it any more; what is pending is written. */
  async close() {
    this.#complain = undefined
    this.#closed.abort()
    this.#write()
    await this.#opened
    this.#off(null)
  }

  /** @param {Change} change @param {boolean} [always] also where there is no room for more */
  #push(change, always = !this.#full) {
    if (this.#db !== null && always) this.#queue.push(change)
  }

  /** Whether there is a database, or may be. */
  get works() {
    return this.#db !== null && !this.#full
  }

  /** Hands everything to the database, if it is open; otherwise it waits for that. */
  #write() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#db || !this.#queue.length) return
    const changes = this.#queue
    this.#queue = []
    try {
      const transaction = this.#db.transaction(STORES, 'readwrite')
      try {
        for (const change of changes) change((name) => transaction.objectStore(name))
      } catch {
        transaction.abort()
      }
      // No event comes before this turn ends. A disk that is full takes what is to be forgotten all the same.
      this.#last = settled(transaction, 'oncomplete', 'onabort', 0).catch((error) => {
        this.#full = true
        this.#tell(error)
      })
    } catch (error) {
      this.#off(error)
    }
  }

  /** Keys and values, after what is pending was written. Rejects without a database.
   * @param {string} name @param {any} [range] @param {number} [most] @returns {Promise<[any, any][]>} */
  async #read(name, range, most = MOST) {
    this.#write()
    await this.#opened
    try {
      const transaction = /** @type {IDBDatabase} */ (this.#db).transaction(name)
      const store = transaction.objectStore(name)
      const keys = store.getAllKeys(range, most)
      const values = store.getAll(range, most)
      await settled(transaction, 'oncomplete', 'onabort', READ_WITHIN_MS)
      return keys.result.map((key, at) => [key, values.result[at]])
    } catch (error) {
      this.#off(error)
      throw error
    }
  }

  /** @param {any[]} row the fields, then the meta and the parts, flat lists both */
  remember(row) {
    const record = Object.fromEntries(FIELDS.map((name, at) => [name, row[at]]))
    if (!isPlan(record)) return
    const [meta, parts] = row.slice(FIELDS.length)
    const entries = []
    for (let at = 0; at < meta.length; at += 2) entries.push(/** @type {[string, any]} */ ([meta[at], meta[at + 1]]))
    // Own properties whatever their names.
    record.meta = Object.fromEntries(entries.filter(isHarmless).slice(0, MOST_META))
    this.#known.add(record.id)
    this.#push((store) => store(RECORDS).put(record, record.id))
    for (let at = 0; at < parts.length; at += 4) {
      this.note(record.id, parts[at], parts[at + 1], parts[at + 2], parts[at + 3])
    }
    this.#write()
  }

  /** @param {string} id @param {number} number @param {number} size @param {string} etag @param {string} checksum */
  note(id, number, size, etag, checksum) {
    if (!this.#known.has(id) || number < 1 || number > MOST_PARTS) return
    // An array and not an object: there may be 10,000 of them.
    const part = [size, etag, checksum, Date.now()]
    this.#push((store) => store(PARTS).put(part, [id, number]))
    this.#timer ??= setTimeout(() => this.#write(), BATCH_MS)
  }

  /** @param {string} id @param {any} handle */
  keepHandle(id, handle) {
    this.#push((store) => {
      // One that this browser cannot store is done without.
      try {
        store(HANDLES).put(handle, id)
      } catch {}
    })
    this.#write()
  }

  /** @param {any} id */
  forget(id) {
    this.#known.delete(id)
    // By itself: what else is to be written may have no room.
    this.#write()
    this.#forget(id)
    this.#write()
  }

  /** @param {any} id */
  #forget(id) {
    this.#push((store) => {
      store(RECORDS).delete(id)
      store(HANDLES).delete(id)
      store(PARTS).delete(beginningWith(id))
    }, true)
  }

  /** @param {string} uploadId @param {string} key @param {string} bucket */
  owe(uploadId, key, bucket) {
    this.#owe({ scope: this.#scope, uploadId, key, bucket })
    this.#write()
  }

  /** @param {Stored} record */
  #owe({ scope, uploadId, key, bucket }) {
    const owed = { uploadId, key, bucket, created: Date.now() }
    this.#push((store) => store(OWED).put(owed, [scope, uploadId]))
  }

  /** @param {string} uploadId */
  paid(uploadId) {
    this.#push((store) => store(OWED).delete([this.#scope, uploadId]), true)
    this.#write()
  }

  /** Ends when all is written. */
  async flush() {
    this.#write()
    // If it is not open yet, what is pending is written as soon as it is.
    await this.#opened
    await this.#last
  }

  /** Rows as `remember` takes them, and whether there is a handle. Oldest first. @returns {Promise<any[][]>} */
  async list() {
    const now = Date.now()
    /** @type {Stored[]} */
    const found = []
    try {
      const handles = new Set((await this.#read(HANDLES)).map(([id]) => id))
      for (const [id, value] of await this.#read(RECORDS)) {
        const record = checked(value, now)
        if (!record || record.id !== id) {
          // What a newer release wrote is left alone.
          if (!(isWhole(value?.version) && value.version > VERSION)) this.#forget(id)
          continue
        }
        const { size, partSize } = record
        const parts = []
        for (const [[, number], part] of await this.#read(PARTS, beginningWith(id), MOST_PARTS)) {
          // One that does not fit is not there; it is written over when it is sent again.
          if (!isWhole(number) || number < 1 || !Array.isArray(part)) continue
          const [bytes, etag, checksum, at] = part
          const wanted = Math.min(partSize, size - (number - 1) * partSize)
          if (wanted <= 0 || bytes !== wanted || !isHash(etag) || !isHash(checksum) || !isWhole(at)) continue
          parts.push(number, bytes, etag, checksum)
          if (at <= now + SKEW_MS) record.updated = Math.max(record.updated, at)
        }
        if (now - record.updated > KEPT_MS) {
          const { granted, release } = lock(id)
          if (await granted) {
            this.#owe(record)
            this.#forget(id)
          }
          release()
        } else if (record.scope === this.#scope) {
          found.push({ ...record, parts, hasHandle: handles.has(id) })
        }
      }
    } catch {
      return []
    }
    this.#write()
    found.sort((one, other) => one.created - other.created)
    return found.map((record) => [...FIELDS, 'meta', 'parts', 'hasHandle'].map((name) => record[name]))
  }

  /** Upload id, key and bucket of each, one after the other. @returns {Promise<string[]>} */
  async owed() {
    const now = Date.now()
    const found = []
    try {
      for (const [key, value] of await this.#read(OWED, beginningWith(this.#scope))) {
        const owed = own(value)
        const { created, uploadId } = owed
        if (isWhole(created) && now - created <= OWED_MS && hasTexts(owed, OWED_TEXTS) && uploadId && owed.key) {
          found.push(uploadId, owed.key, owed.bucket)
        } else {
          this.#push((store) => store(OWED).delete(key))
        }
      }
    } catch {
      return []
    }
    this.#write()
    return found
  }

  /** Everything that a page wants to know when it starts; records that are claimed are left out.
   * @param {(records: any[][], owed: string[]) => void} done */
  async load(done) {
    const records = await this.list()
    let claimed = await this.claimed()
    // A page that was just left, as by a reload, may hold its locks for a moment yet (seen in WebKit).
    for (let again = 0; again < 3 && records.some(([id]) => claimed.includes(id)); again += 1) {
      await new Promise((resolve) => setTimeout(resolve, 400))
      claimed = await this.claimed()
    }
    const owed = await this.owed()
    done(records.filter(([id]) => !claimed.includes(id)), owed)
  }

  /** @param {string} id */
  claim(id) {
    const claim = lock(id)
    claim.granted.then((granted) => granted && this.#known.add(id))
    return claim
  }

  /** @returns {Promise<string[]>} */
  async claimed() {
    try {
      const { held } = await navigator.locks.query()
      const names = held?.map(({ name }) => name ?? '') ?? []
      return names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length))
    } catch {
      return []
    }
  }

  /** The file as it is now. Asks the person for leave only in answer to something they did. @param {string} id */
  async reopen(id) {
    try {
      const handle = (await this.#read(HANDLES, id))[0][1]
      // Files of the origin's own need no leave, and not every browser has the question.
      /** @param {string} verb */
      const ask = async (verb) => (handle[verb] ? handle[verb]({ mode: 'read' }) : 'granted')
      let state = await ask('queryPermission')
      // Without that API the browser itself refuses what it must.
      if (state === 'prompt' && (navigator.userActivation?.isActive ?? true)) state = await ask('requestPermission')
      if (state === 'granted' && handle.kind === 'file') return await handle.getFile()
    } catch {}
  }
}

/** The handle of a file that is being dropped. For Rust. @param {any} item */
export async function dropped(item) {
  try {
    const handle = await item.getAsFileSystemHandle()
    if (handle.kind === 'file') return handle
  } catch {}
}
