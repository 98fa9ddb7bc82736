// What the driver tells the journal, and what it does with uploads that an earlier page left unfinished.

import { FIELDS, Journal } from '../journal.js'
import { Failure } from './failure.js'
import { metaOf } from './shapes.js'

/** @typedef {import('./answers.js').Receipt} Receipt */
/** @typedef {import('./answers.js').Remote} Remote */
/** @typedef {import('./source.js').AskRequest} AskRequest */
/** @typedef {(blob: Blob, start: number, end: number, algorithm: string, signal: AbortSignal) => Promise<string | undefined>} DigestWith */

/** How records are written today. */
const VERSION = 1
/** Bytes at either end by which other content under the same name is told. */
const SAMPLE = 64 << 10
/**
 * What is known of an upload that has not ended. Holds no address, no credential and no byte of the file.
 * @typedef {object} Record
 * @property {string} id
 * @property {string} scope
 * @property {string} name
 * @property {string} type
 * @property {string} uploadId
 * @property {string} key
 * @property {string} bucket
 * @property {string} algorithm of the checksums of its parts and its ends
 * @property {string} head
 * @property {string} tail
 * @property {number} version
 * @property {number} created in milliseconds since 1970
 * @property {number} updated
 * @property {number} size
 * @property {number} partSize
 * @property {number} lastModified
 * @property {string | null} relativePath
 * @property {string | null} checksum that the upload was created with
 * @property {{[name: string]: string}} meta
 * @property {Receipt[]} parts
 * @property {boolean} hasHandle whether the browser may find the file by itself
 */

/** @param {any[]} row @returns {Record} */
function recordOf(row) {
  /** @type {any} */
  const record = Object.fromEntries(FIELDS.map((name, at) => [name, row[at]]))
  const [meta, parts, hasHandle] = row.slice(FIELDS.length)
  record.meta = metaOf(meta)
  record.parts = []
  for (let at = 0; at < parts.length; at += 4) record.parts.push(parts.slice(at, at + 4))
  record.hasHandle = Boolean(hasHandle)
  return record
}

/** @param {Record} record */
const rowOf = (record) => [...FIELDS.map((name) => /** @type {any} */ (record)[name]), Object.entries(record.meta).flat(), record.parts.flat()]

/** First and last bytes. @param {number} size @returns {Array<[number, number]>} */
const samples = (size) => [[0, Math.min(SAMPLE, size)], [Math.max(size - SAMPLE, 0), size]]

const mismatch = () => new Failure('file', 'mismatch', 'final', 'this is not the file that was being uploaded')

export class Keeper {
  #scope
  #journal
  #digest
  /** By file: the record of its upload, and what gives it up. @type {Map<number, {id: string, release?: () => void, record?: Record}>} */
  #kept = new Map()
  /** Left behind by earlier pages as far as it is known, and not taken up here. @type {Record[]} */
  unfinished = []
  /** Fulfilled once the records of earlier pages were read. @type {Promise<void>} */
  #loaded
  /** Files that a person chose for a record: another file is refused. @type {Map<number, string>} */
  #chosen = new Map()
  /** Files that turned out not to be that of a record, and are not tried again. @type {Map<number, string>} */
  #wrong = new Map()

  /**
   * Opens the journal of a scope.
   * @param {string} scope @param {DigestWith} digest
   * @param {import('./memory.js').Tell} tell `found` that earlier
   * pages left something, once; `pay` of uploads that are still to be aborted
   */
  constructor(scope, digest, { unavailable, found, pay }) {
    this.#scope = scope
    this.#digest = digest
    this.#journal = new Journal(scope, unavailable)
    this.#loaded = this.#journal.load((rows, owed) => {
      this.unfinished = rows.map(recordOf)
      if (rows.length > 0) found()
      pay(owed)
    })
  }

  /** The same, once it is known. */
  async load() {
    await this.#loaded
    return this.unfinished
  }

  /** @param {string} id */
  record(id) {
    return this.unfinished.find((record) => record.id === id)
  }

  /** The file of a record, where it can be had without asking for it again. To be called from a click. @param {string} id @returns {Promise<Blob | undefined>} */
  async reopen(id) {
    return this.record(id) && this.#journal.reopen(id)
  }

  /** A file that was taken for that of a record and is not. @param {string} id */
  wrong(id) {
    return [...this.#wrong].find(([, record]) => record === id)?.[0]
  }

  /** A person says that this file is the one of that record. @param {number} file @param {string} record */
  choose(file, record) {
    this.#chosen.set(file, record)
  }

  /** Forgets a record; what the store has of it is to be aborted. @param {string} id @returns {Promise<Remote | undefined>} */
  async discard(id) {
    const record = this.record(id)
    if (!record) return undefined
    this.unfinished = this.unfinished.filter((known) => known !== record)
    const { granted, release } = this.#journal.claim(id)
    // What another one is uploading by now is only no longer offered here.
    if (!(await granted)) return undefined
    const { uploadId, key, bucket } = record
    this.#journal.owe(uploadId, key, bucket)
    this.#journal.forget(id)
    release()
    return [uploadId, key, bucket, null]
  }

  /**
   * What an earlier page left of this very file, its content compared.
   * @param {AskRequest} request
   * @returns {Promise<[remote: Remote, partSize: number, parts: Receipt[]] | undefined>}
   * @throws {Failure} it was to go on, but it is another file
   */
  async earlier(request) {
    const { file, signal } = request
    await this.#loaded
    // It stays so until the file is taken out: one that was held meanwhile, or is tried again, is asked about again.
    const chosen = this.#chosen.get(file.id)
    this.#wrong.delete(file.id)
    const record = this.unfinished.find((known) => (chosen ? known.id === chosen : isSame(known, file)))
    if (!record) return undefined
    const claim = this.#journal.claim(record.id)
    let keeps = false
    if (!(await claim.granted)) {
      if (!chosen) return undefined
      // A person who goes on with it here would make a second object.
      this.#wrong.set(file.id, record.id)
      throw new Failure('file', 'elsewhere', 'final', 'it is being uploaded elsewhere')
    }
    try {
      if (signal.aborted) return undefined
      // Nobody is to be offered what is being looked at.
      this.unfinished = this.unfinished.filter((known) => known !== record)
      const parts = await this.#verify(request, record)
      if (signal.aborted) return undefined
      keeps = true
      this.#kept.set(file.id, { id: record.id, release: claim.release, record })
      const { uploadId, key, bucket, checksum, partSize } = record
      return [[uploadId, key, bucket, checksum], partSize, parts]
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'internal') return undefined
      // Of the same day and second, or said to be the same: to send it as a new file would surprise.
      if (!chosen && record.lastModified !== file.lastModified) return undefined
      this.#wrong.set(file.id, record.id)
      throw error
    } finally {
      // Back it goes, also when the look was given up in the middle.
      if (!keeps && !this.record(record.id)) this.unfinished.push(record)
      if (!keeps) claim.release()
    }
  }

  /** The parts whose bytes are those of the file at hand. @param {AskRequest} request @param {Record} record @returns {Promise<Receipt[]>} */
  async #verify({ blob, signal, reading }, record) {
    const { size, partSize, algorithm } = record
    if (blob.size !== size) throw mismatch()
    /** @param {string} sum @param {number} start @param {number} end */
    const compare = async (sum, start, end) => {
      if (!sum || !algorithm) return false
      const found = await reading(this.#digest(blob, start, end, algorithm, signal))
      if (found === undefined) throw new Failure('internal', 'digest', 'final', '')
      if (found === sum) return true
      // By another algorithm, which the page chose in the middle of it: nothing is known of these bytes.
      if (found.length !== sum.length) return false
      throw mismatch()
    }
    for (const [at, [start, end]] of samples(size).entries()) await compare(at === 0 ? record.head : record.tail, start, end)
    const trusted = []
    for (const part of record.parts) {
      const [number, length, , checksum] = part
      const start = (number - 1) * partSize
      const end = Math.min(start + partSize, size)
      if (length > 0 && end - start === length && (await compare(checksum, start, end))) trusted.push(part)
    }
    return trusted
  }

  /** How a file of an upload that is kept is found again. @param {number} file @param {any} handle */
  keepHandle(file, handle) {
    const kept = this.#kept.get(file)
    if (kept && handle) this.#journal.keepHandle(kept.id, handle)
  }

  /**
   * The store knows an upload of this file.
   * @param {import('./shapes.js').Snapshot} file @param {Record['meta']} meta the application's own
   * @param {[remote: Remote, partSize: number, parts: Receipt[]]} resume
   * @param {string | undefined} algorithm @param {Blob} blob @param {Promise<any> | undefined} asked the handle of a dropped file
   */
  async created(file, meta, [[uploadId, key, bucket, checksum], partSize, parts], algorithm, blob, asked) {
    this.end(file.id)
    const { name, type, size, lastModified, relativePath } = file
    const now = Date.now()
    const id = freshId()
    /** @type {Record} */
    const record = {
      id, scope: this.#scope, name, type, uploadId, key, bucket, algorithm: algorithm ?? '', head: '', tail: '', version: VERSION,
      created: now, updated: now, size, partSize, lastModified, relativePath, checksum, meta, parts, hasHandle: false,
    }
    // First the claim, which the browser hears of before it hears of the record: another tab must not take it for one that was
    // left behind. Nothing is waited for: a page that goes away in the next moment has it written all the same.
    const kept = { id, release: this.#journal.claim(id).release }
    this.#kept.set(file.id, kept)
    // It may be over at any time.
    const isKept = () => this.#kept.get(file.id) === kept
    // At once, and again with its fingerprint: reading may take as long as the requests in the air (seen in WebKit).
    this.#journal.remember(rowOf(record))
    this.keepHandle(file.id, await asked)
    if (!algorithm) return
    const { signal } = new AbortController()
    const [head, tail] = samples(size)
    record.head = (await this.#digest(blob, ...head, algorithm, signal).catch(() => undefined)) ?? ''
    record.tail = (await this.#digest(blob, ...tail, algorithm, signal).catch(() => undefined)) ?? ''
    if (isKept()) this.#journal.remember(rowOf(record))
  }

  /** An earlier upload that was found is not gone on with after all: the file was held or taken out meanwhile. @param {number} file */
  giveBack(file) {
    const { record, release } = this.#kept.get(file) ?? {}
    if (!record) return
    this.#kept.delete(file)
    this.unfinished.push(record)
    release?.()
  }

  /** The store has a part. @param {number} file @param {Receipt} part */
  part(file, part) {
    const kept = this.#kept.get(file)
    if (kept) this.#journal.note(kept.id, ...part)
  }

  /** The upload is over, one way or the other. @param {number} file */
  end(file) {
    this.#chosen.delete(file)
    this.#wrong.delete(file)
    const kept = this.#kept.get(file)
    if (!kept) return
    this.#kept.delete(file)
    kept.release?.()
    this.#journal.forget(kept.id)
  }

  /** Whether anything can be remembered, as far as it is known. */
  get works() {
    return this.#journal.works
  }

  /** The page goes away; what is kept stays. */
  leave() {
    void this.#journal.flush().then(() => this.#journal.close())
    for (const { release } of this.#kept.values()) release?.()
    this.#kept.clear()
  }

  /** @param {Remote} remote */
  owe([uploadId, key, bucket]) {
    this.#journal.owe(uploadId, key, bucket)
  }

  /** An abort was answered: done, or of no use any more. @param {Remote} remote @param {Failure} [failure] */
  paid([uploadId], failure) {
    if (!failure || (failure.act === 'final' && failure.kind === 's3')) this.#journal.paid(uploadId)
  }
}

/** @param {Record} record @param {import('./shapes.js').Snapshot} file */
const isSame = (record, file) =>
  record.name === file.name && record.size === file.size && record.type === file.type && record.relativePath === file.relativePath

/** A name that no other record has: luck, nothing to be kept secret. */
const freshId = () => Array.from({ length: 24 }, () => Math.floor(Math.random() * 36).toString(36)).join('')
