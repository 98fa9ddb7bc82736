// What the engine wants done, as jobs: questions to the source of parameters, transfers to the store, aborts. Every job ends in a
// report, unless it was stopped.

import { wireOf } from './answers.js'
import * as engine from './engine.js'
import { disconnected, failureOf, lost, unreadable } from './failure.js'
import { metaOf, nameOf, snapshotOf } from './shapes.js'
import { transfer } from './transfer.js'

/** @typedef {import('./shapes.js').Snapshot} Snapshot */
/** @typedef {import('./answers.js').Remote} Remote */
/** @typedef {import('./failure.js').Failure} Failure */
/** @typedef {import('./source.js').AskRequest} AskRequest */
/** Something in the air; `stop` aborts it, `end` lets go of one that came to its end by itself. @typedef {{stop: () => void, end?: () => void}} Job */

/** How often a read that takes long says that it is at it. */
const BUSY_EVERY_MS = 1_000
/** As often at most, and once for each megabyte: a read that never ends, as on a drive that is gone, is no excuse. */
const BUSY_AT_MOST = 60

export class Tasks {
  #own
  #teller
  /** Whom an upload in parts was created with, by its id: another source may be in force by now. @type {Map<string, import('./source.js').Source>} */
  #creators = new Map()

  /** @param {import('./core.js').Own} own @param {import('./teller.js').Teller} teller */
  constructor(own, teller) {
    this.#own = own
    this.#teller = teller
  }

  /** @param {number} job */
  stop(job) {
    const stopped = this.#own.jobs.get(job)
    this.#own.jobs.delete(job)
    stopped?.stop()
  }

  /** @param {number} job @param {unknown} error */
  failed(job, error) {
    this.#own.report(job, 'failed', failureOf(error).wire)
  }

  /** @param {number} id @returns {[Snapshot | undefined, Blob | undefined]} */
  #file(id) {
    return [this.#teller.snapshot(id), this.#own.blobs.get(id)]
  }

  /** Asks the source of parameters. @param {number} job @param {number} id @param {[string, ...any[]]} ask */
  async ask(job, id, ask) {
    const [file, blob] = this.#file(id)
    if (!file || !blob) return this.failed(job, gone())
    const controller = new AbortController()
    this.#own.jobs.set(job, { stop: () => controller.abort() })
    const { signal } = controller
    // Those of now: others may be in force before there is an answer.
    const { memory } = this.#own
    const source = this.#sourceOf(ask[1])
    // Foreign code never runs in the middle of the engine's own.
    await undefined
    if (signal.aborted) return
    const { request, digests } = this.#question(job, file, blob, signal, ask)
    let looked = ask[0] === 'create'
    try {
      const resume = looked ? await memory?.earlier(request) : undefined
      if (signal.aborted) return
      looked = resume !== undefined
      if (resume) {
        memory?.use((keeper) => this.#own.handles.get(id)?.then((handle) => keeper.keepHandle(id, handle)))
        this.#creators.set(resume[0][0], source)
        this.#own.report(job, 'resumed', resume)
        if (this.#own.look(engine.RESUME_OF, id)?.[0][0] !== resume[0][0]) memory?.use((keeper) => keeper.giveBack(id))
      } else {
        const [kind, answer] = await source.ask(request)
        if (signal.aborted) return
        if (kind === 'created') this.#creators.set(answer[0], source)
        if (kind === 'completed') this.#creators.delete(ask[1][0])
        this.#answered(job, id, kind, answer, request, digests)
      }
    } catch (error) {
      if (signal.aborted) return
      this.failed(job, error)
    }
    // There are others than before, or one that was not what it was taken for.
    if (looked) this.#teller.unfinished()
  }

  /** Another one that goes by the same name is the same with other options. @param {Remote} [remote] */
  #sourceOf(remote) {
    const { source } = this.#own
    const creator = remote && this.#creators.get(remote[0])
    return creator && (creator.scope !== source.scope || !source.multipart) ? creator : source
  }

  /** @param {number} job @param {Snapshot} file @param {Blob} blob @param {AbortSignal} signal @param {[string, ...any[]]} ask */
  #question(job, file, blob, signal, ask) {
    // Not what an earlier answer added: the host would sign its own fields as metadata.
    const known = this.#own.look(engine.OWN_META, file.id)
    // Of one that is gone there is only what it was.
    const own = known ? metaOf(known) : file.meta
    const { allowedMetaFields = true } = this.#own.given
    const allowed = Array.isArray(allowedMetaFields) ? allowedMetaFields : allowedMetaFields ? Object.keys(own) : []
    const meta = Object.fromEntries(Object.entries(own).filter(([name]) => allowed.includes(name)))
    // S3 takes no other ones, of the parts and of the whole, than those that the upload was created with.
    const algorithm = ask[1]?.[3] || algorithmOf(this.#own.given)
    // A file that never left may never have been readable.
    const digest = digestWith(this.#own.given, !file.failure && file.bytesUploaded === 0)
    /** By part number, 0 for the whole: what was digested for this question. @type {Map<number, string>} */
    const digests = new Map()
    /** @type {AskRequest} */
    const request = {
      ask,
      file: { ...file, meta, source: this.#own.sources.get(file.id) },
      blob,
      signal,
      algorithm,
      // A long read is not a host that does not answer, and neither are many short ones.
      reading: (read) => {
        let left = BUSY_AT_MOST + file.size / 1e6
        const say = () => left-- > 0 && this.#own.report(job, 'busy')
        const saying = setInterval(say, BUSY_EVERY_MS)
        return read.finally(() => {
          clearInterval(saying)
          say()
        })
      },
      checksum: async ([number, start, end] = [0, 0, file.size]) => {
        if (!algorithm) return undefined
        const value = digests.get(number) ?? (await request.reading(digest(blob, start, end, algorithm, signal)))
        if (value === undefined) return undefined
        digests.set(number, value)
        return { algorithm, value }
      },
    }
    return { request, digests }
  }

  /**
   * @param {number} job @param {number} id @param {string} kind @param {any} answer @param {AskRequest} request
   * @param {Map<number, string>} digests
   */
  #answered(job, id, kind, answer, { algorithm }, digests) {
    /** @param {number} number @param {import('./answers.js').Raw} raw */
    const checked = (number, raw) => {
      const digest = digests.get(number)
      return [...wireOf(raw), digest && algorithm, digest]
    }
    if (kind === 'parameters') this.#own.report(job, kind, id, ...checked(0, answer))
    else if (kind === 'signed') {
      const parts = answer.map((/** @type {[number, any]} */ [number, raw]) => [number, ...checked(number, raw)])
      this.#own.report(job, kind, id, parts)
    } else this.#own.report(job, kind, answer)
  }

  /** Not a job that can be stopped: it is to arrive even when the uploader, or the page, goes away. @param {number} job @param {Snapshot} file @param {Remote} remote */
  async abortUpload(job, file, remote) {
    const { memory } = this.#own
    const source = this.#sourceOf(remote)
    memory?.use((keeper) => keeper.owe(remote))
    const { request } = this.#question(job, file, new Blob(), new AbortController().signal, ['abort', remote])
    // Job 0 may be the first that has to do with parts.
    await (job === 0 ? this.#own.equip() : undefined)
    /** @type {Failure | undefined} */
    const failure = await source.ask(request).then(() => undefined, failureOf)
    memory?.use((keeper) => keeper.paid(remote, failure))
    if (failure) return this.failed(job, failure)
    this.#creators.delete(remote[0])
    this.#own.report(job, 'aborted')
  }

  /** Aborts what an earlier page owed, or what a person discards. @param {Remote} remote */
  abortUnknown(remote) {
    const nobody = /** @type {Snapshot} */ (snapshotOf([0, '', '', 0, 0, null, [], 'idle', 0, 0, null, 0, null, null]))
    // Job 0 is nobody's.
    return this.abortUpload(0, nobody, remote)
  }

  /**
   * Looks at the file first: in place of one that is gone, WebKit sends a form without it and Firefox nothing at all, and
   * neither says so.
   * @param {number} job @param {number} id @param {any} parameters @param {import('./source.js').Part | null} part
   */
  async send(job, id, parameters, part) {
    const [file, whole] = this.#file(id)
    if (!file || !whole) return this.failed(job, gone())
    // An attempt that failed may have been a part of it that left.
    const untouched = !file.failure && file.bytesUploaded === 0
    // A slice has no type, and a part is sent without one.
    const blob = part ? whole.slice(part[1], part[2]) : whole
    const looked = await this.#probe(job, blob, untouched)
    if (!looked) return
    if (looked.unread) return this.failed(job, looked.unread)
    try {
      const stop = transfer(parameters, blob, nameOf(file), part ? '' : file.type, (kind, ...details) => {
        if (kind === 'broken') void this.#lookInto(job, blob)
        else if (kind === 'failed') this.failed(job, details[0])
        else this.#own.report(job, kind, ...details)
      })
      this.#own.jobs.set(job, { stop, end: stop })
    } catch (error) {
      this.failed(job, error)
    }
  }

  /** Status 0 says nothing: reads one byte of the file to tell "changed or gone" from "the network", then reports. @param {number} job @param {Blob} blob */
  async #lookInto(job, blob) {
    this.#own.jobs.get(job)?.stop()
    const looked = await this.#probe(job, blob, false)
    if (!looked) return
    if (globalThis.navigator?.onLine === false) this.#own.act(engine.NETWORK, false)
    this.failed(job, looked.unread ?? disconnected())
  }

  /**
   * Whether the file can be read; `undefined` when the job was stopped meanwhile, and another one may have begun in its place.
   * @param {number} job @param {Blob} blob @param {boolean} untouched
   */
  async #probe(job, blob, untouched) {
    const looking = { stop: () => {} }
    this.#own.jobs.set(job, looking)
    const unread = await probe(blob, untouched)
    return this.#own.jobs.get(job) === looking ? { unread } : undefined
  }

  /** What the journal has to know of an event, before anyone else does. @param {string} name @param {any[]} details */
  note(name, [first, second]) {
    const { memory } = this.#own
    if (!memory) return
    const over = (/** @type {number} */ id) => memory.isOpen && memory.use((keeper) => keeper.end(id))
    if (name === 'created') {
      const [file, blob] = this.#file(first)
      const resume = this.#own.look(engine.RESUME_OF, first)
      const meta = metaOf(this.#own.look(engine.OWN_META, first) ?? [])
      if (!file || !resume || !blob) return
      memory.use((keeper) => keeper.created(file, meta, resume, algorithmOf(this.#own.given), blob, this.#own.handles.get(first)))
    } else if (name === 'part') memory.use((keeper) => keeper.part(first, second))
    else if (name === 'upload-success') over(first)
    else if (name === 'file-removed') over(first[0])
    else if (name === 'upload-error') {
      const failure = this.#teller.snapshot(first)?.failure
      if (failure?.kind === 'file' && !['mismatch', 'elsewhere'].includes(failure.code)) over(first)
    }
  }
}

const gone = () => lost('the file is not there')

/** @param {import('../core.js').CoreOptions} given */
const algorithmOf = ({ checksum = 'crc64nvme' }) => (checksum === 'none' ? undefined : checksum)

/** Digests through whatever the options name: `undefined` where checksums cannot be had. @param {import('../core.js').CoreOptions} given @param {boolean} [untouched] nothing of the file was ever read @returns {import('./keeper.js').DigestWith} */
export function digestWith({ digest }, untouched = false) {
  return async (blob, start, end, algorithm, signal) => {
    if (!digest) return undefined
    try {
      return await digest(blob, start, end, algorithm, { signal })
    } catch (error) {
      // Its files could not be loaded, or it broke: no reason to give an upload up.
      if (!(error instanceof DOMException)) return undefined
      throw unreadable(error, untouched)
    }
  }
}

/**
 * Whether the file can still be read as it was when it was added, by reading one byte of it.
 * @param {Blob} blob @param {boolean} untouched @returns {Promise<Failure | undefined>}
 */
async function probe(blob, untouched) {
  try {
    // An empty file has no first byte; reading all of it asks the disk as well.
    await blob.slice(0, 1).arrayBuffer()
    return undefined
  } catch (error) {
    return unreadable(error, untouched)
  }
}
