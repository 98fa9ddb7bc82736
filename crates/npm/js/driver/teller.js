// What the driver tells: events of the engine as `[event name, ...payload]`, the payload in the shapes of Uppy's events, and
// what the site's developer finds on the console.

import { breath } from '../breath.js'
import { Lazy } from '../emitter.js'
import { report as reportError } from '../errors.js'
import * as engine from './engine.js'
import { causeOf, fileObject, idText, responseOf, snapshotOf, unfinishedObject, uploadError } from './shapes.js'

/** @typedef {import('./shapes.js').Snapshot} Snapshot */

/** Files rendered in one task: a few milliseconds. */
const AT_ONCE = 1000
/** Most causes that are explained on the console: a hostile host could think of new ones for ever. */
const MOST_EXPLAINED = 50

export class Teller {
  #own
  /** @type {(events: any[]) => void} */
  #notify
  /** Files added in this task, told together as `files-added` when it ends, or before their upload is told. @type {number[]} */
  #added = []
  /** Gone before they were told as added. @type {Set<number>} */
  #untold = new Set()
  /** What was explained on the console. @type {Set<string>} */
  #explained = new Set()

  /** @param {import('./core.js').Own} own @param {(events: any[]) => void} notify */
  constructor(own, notify) {
    this.#own = own
    this.#notify = notify
  }

  /** Nobody listens any more. */
  end() {
    this.#notify = () => {}
  }

  /** An event of the engine, with payloads in the shapes of Uppy's. @param {string} name @param {any[]} details */
  event(name, [first, second, third]) {
    switch (name) {
      case 'created': return
      case 'file-added':
        if (!this.#isThere(first)) return void this.#untold.add(first)
        this.about(name, first)
        return this.#gather(first)
      case 'file-removed': {
        const last = /** @type {Snapshot} */ (snapshotOf(first))
        const { blobs, sources, strings } = this.#own
        const gone = fileObject(last, blobs.get(last.id), sources.get(last.id), strings)
        blobs.delete(last.id)
        sources.delete(last.id)
        return void (this.#untold.delete(last.id) || this.send(name, gone))
      }
      case 'upload': {
        // They may have to start by themselves, those that are not in it.
        if (this.#tellAdded()) queueMicrotask(this.#own.added)
        const files = new Lazy(() => this.many(second))
        this.send(name, first, files)
        return void (second.length > 0 && this.send('upload-start', files))
      }
      case 'upload-pause': return this.about(name, first, second === 1)
      case 'upload-retry': return this.about(name, first)
      case 'upload-stalled': {
        const files = this.many([first])
        const cause = /** @type {import('./shapes.js').Cause} */ (causeOf(second))
        return this.send(name, uploadError(cause, files[0]?.name ?? '', this.#own.strings), files)
      }
      case 'part': return this.about('s3-multipart:part-uploaded', first, { PartNumber: second[0], ETag: second[2] })
      case 'upload-success': return this.about(name, first, responseOf(this.snapshot(first)?.response ?? null))
      case 'upload-error': {
        this.explain(first)
        const snapshot = this.snapshot(first)
        if (!snapshot?.failure) return
        const { failure } = snapshot
        const { status } = failure
        return this.about(name, first, uploadError(failure, snapshot.name, this.#own.strings), status ? { status } : undefined)
      }
      case 'complete':
        return void this.#slowly([...second, ...third], (files) => {
          const [well, failed] = [new Set(second.map(idText)), new Set(third.map(idText))]
          const those = (/** @type {Set<string>} */ ids) => files.filter(({ id }) => ids.has(id))
          this.send(name, { successful: those(well), failed: those(failed), uploadID: first })
        })
      case 'retry-all': return this.send(name, new Lazy(() => this.many(first)))
      default: return this.send(name)
    }
  }

  /** @param {number} id @returns {Snapshot | undefined} */
  snapshot(id) {
    return snapshotOf(this.#own.look(engine.FILE, id) ?? null)
  }

  /** @param {Snapshot} snapshot */
  render(snapshot) {
    return fileObject(snapshot, this.#own.blobs.get(snapshot.id), this.#own.sources.get(snapshot.id), this.#own.strings)
  }

  /** @param {number[]} ids @returns {any[]} */
  many(ids) {
    return (this.#own.look(engine.FILES, ids) ?? []).map((/** @type {any[]} */ file) => this.render(/** @type {Snapshot} */ (snapshotOf(file))))
  }

  /** Gives the files, of long lists in several tasks. @param {number[]} ids @param {(files: any[]) => void} then */
  async #slowly(ids, then) {
    const files = this.many(ids.slice(0, AT_ONCE))
    for (let at = AT_ONCE; at < ids.length; at += AT_ONCE) {
      await breath()
      files.push(...this.many(ids.slice(at, at + AT_ONCE)))
    }
    then(files)
  }

  /** @param {string} name @param {number} id @param {...unknown} rest */
  about(name, id, ...rest) {
    const [file] = this.many([id])
    if (file) this.send(name, file, ...rest)
  }

  /** @param {number} id */
  #isThere(id) {
    return (this.#own.look(engine.PHASE, id) ?? null) !== null
  }

  /** @param {number} id */
  #gather(id) {
    if (this.#added.push(id) === 1) queueMicrotask(() => this.#tellAdded() && this.#own.added())
  }

  /** Those that were added since, together; says whether there are any. */
  #tellAdded() {
    // A listener may have taken them out again.
    const added = this.#added.filter((id) => this.#isThere(id))
    this.#added = []
    if (this.#own.dead || added.length === 0) return false
    this.send('files-added', new Lazy(() => this.many(added)))
    return true
  }

  unfinished() {
    this.send('restored', (this.#own.memory?.keeper?.unfinished ?? []).map(unfinishedObject))
  }

  /** @param {string} name @param {...unknown} payload */
  send(name, ...payload) {
    this.pass([[name, ...payload]])
  }

  /** @param {any[]} events */
  pass(events) {
    try {
      this.#notify(events)
    } catch (error) {
      // What listeners throw is contained; if that fails itself, uploads go on.
      reportError(error)
    }
  }

  /** What a person cannot mend is put on the console, where the site's developer finds the cure. @param {number} id */
  explain(id) {
    const failure = this.snapshot(id)?.failure
    if (!failure) return
    const { kind, code, detail, help } = failure
    const developers = kind === 'config' || code === 'Unconfirmed' || (kind === 'sign' && !['rejected', 'expired'].includes(code))
    if (!developers && !help) return
    // A finding of our own begins with its cause, which is the message.
    this.warnOnce(`${kind}.${code}`, help.startsWith(detail) ? help : help ? `${detail}; ${help}` : detail)
  }

  /** @param {string} code @param {string} text */
  warnOnce(code, text) {
    if (this.#explained.size >= MOST_EXPLAINED || this.#explained.has(code)) return
    this.#explained.add(code)
    try {
      console.warn(`filechute: ${code}: ${text}`)
    } catch (error) {
      // Some pages make it throw.
      reportError(error)
    }
  }
}
