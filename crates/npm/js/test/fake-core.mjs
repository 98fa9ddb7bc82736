// A stand-in for the WebAssembly `Core` that does what tests tell it to, and records what it was asked.

import { Lists } from '../lists.js'

export class FakeCore {
  static last
  calls = []
  lists = new Lists()
  #files = new Map()
  #uploads = 0

  constructor(options, notify) {
    this.options = options
    this.notify = notify
    FakeCore.last = this
  }

  add(data, name, type, lastModified, relativePath, meta, source) {
    this.calls.push(['add', name, type, relativePath, meta, source])
    if (name.endsWith('.exe')) {
      throw Object.assign(new Error(`${name} is not an accepted type`), { kind: 'restriction', code: 'type' })
    }
    const id = `file-${this.#files.size + 1}`
    const file = { id, name, type, size: data.size, data, meta: { ...meta, name, type }, isPaused: false, status: 'idle' }
    this.#files.set(id, file)
    this.notify([['file-added', file]])
    return id
  }

  upload() {
    this.#uploads += 1
    this.notify([['upload', this.#uploads, this.files()]])
    return this.#uploads
  }

  complete(uploadID) {
    const successful = this.files()
    for (const file of successful) file.meta.key = `k/${file.name}`
    this.notify([
      ...successful.map((file) => ['upload-success', file, { status: 200 }]),
      ['complete', { successful, failed: [], uploadID }],
    ])
  }

  pause(id) { this.#files.get(id).isPaused = true; return true }
  resume(id) { this.#files.get(id).isPaused = false; return true }
  retry() { return this.upload() }
  retryAll() { return this.upload() }
  remove(id) {
    const file = this.#files.get(id)
    this.#files.delete(id)
    this.notify([['file-removed', file]])
    return true
  }
  has(id) { return this.file(id) !== undefined }
  removeMany(ids) { for (const id of ids) this.remove(id) }
  setFileMeta(id, meta) { Object.assign(this.#files.get(id).meta, meta); return true }
  setMeta(meta) { this.calls.push(['setMeta', meta]) }
  setOptions(options) { this.calls.push(['setOptions', options]) }
  file(id) { return this.#files.get(id) }
  files() { return [...this.#files.values()] }
  totals() { return { files: this.#files.size, active: 0, idle: 0, paused: 0 } }
  destroy() { this.lists.stop(); this.calls.push(['destroy']) }
}
