// More states of the interface: those in the middle of an upload, those that are rarely seen, and those of other places.
// What is under way is held by the proxy, so that it stays what it is for as long as someone looks.

/** Bodies of the film are taken in part and never answered. */
const HELD = { match: { path: 'film' }, fault: { kind: 'stall', afterBytes: 65_536 } }

/** Three files, of which one is held once it is on its way. */
const start = `async () => {
  kit.drop([
    kit.file('Holiday film.mp4', 60_000_000, 2, 'video/mp4'),
    kit.file('Quarterly report 2026.pdf', 1_830_000, 3, 'application/pdf'),
    kit.file('Tickets.zip', 412_000, 4, 'application/zip'),
  ])
  await kit.painted()
  kit.press('upload')
  await kit.until(() => kit.of('upload-success').length === 2, 'two that are done')
  await kit.until(() => kit.rowNode('Holiday film.mp4')?.querySelector('progress')?.value > 1, 'progress')
  await kit.painted()
}`

const NAMES = Array.from({ length: 7 }, (_, i) => `Page ${i + 1}.txt`)

/** @type {typeof import('./states.js').STATES} */
export const MORE = {
  single: { attributes: { accept: '.pdf', multiple: null }, act: async () => {} },
  folder: { attributes: { directory: '' }, act: async () => {} },
  uploading: { rules: [HELD], act: `async () => { await (${start})() }` },
  paused: {
    rules: [HELD],
    act: `async () => {
      await (${start})()
      kit.press('pause-all')
      await kit.painted()
    }`,
  },
  offline: {
    rules: [HELD],
    act: `async () => {
      await (${start})()
      Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })
      dispatchEvent(new Event('offline'))
      await kit.painted()
    }`,
  },
  retrying: {
    rules: [{ match: { path: 'busy' }, fault: { kind: 'internal-error' } }, HELD],
    properties: { retryDelays: [600_000] },
    act: async () => {
      kit.drop([
        kit.file('busy.zip', 80_000, 2, 'application/zip'),
        kit.file('Holiday film.mp4', 60_000_000, 2, 'video/mp4'),
      ])
      await kit.painted()
      kit.press('upload')
      await kit.until(() => kit.rowNode('busy.zip')?.dataset.state === 'retrying', 'a second try')
      await kit.until(() => kit.rowNode('Holiday film.mp4')?.querySelector('progress')?.value > 1, 'progress')
      await kit.painted()
    },
  },
  finishing: {
    rules: [{ match: { path: 'slowly' }, fault: { kind: 'silence' } }],
    act: async () => {
      kit.drop([kit.file('stored slowly.bin', 300_000, 2)])
      await kit.painted()
      kit.press('upload')
      await kit.until(() => kit.rowNode('stored slowly.bin')?.dataset.state === 'finishing', 'the last byte')
      await kit.painted()
    },
  },
  failed: {
    rules: [{ match: { path: 'forbidden' }, fault: { kind: 'denied' } }],
    properties: { retryDelays: [] },
    act: async () => {
      kit.drop([kit.file('forbidden.txt', 800, 1, 'text/plain')])
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
    },
  },
  notadded: {
    attributes: { accept: 'image/*', 'max-file-size': '1MB' },
    act: async () => {
      kit.drop([
        kit.file('Archive.zip', 1000, 1, 'application/zip'),
        kit.file('Panorama.jpg', 4_000_000, 2, 'image/jpeg'),
        kit.file('empty.png', 0, 3, 'image/png'),
      ])
      await kit.painted()
    },
  },
  duplicates: {
    act: async () => {
      const files = () => [
        kit.file('Tickets.zip', 412_000, 4, 'application/zip'),
        kit.file('Plan.pdf', 90_000, 5, 'application/pdf'),
      ]
      kit.drop(files())
      await kit.painted()
      kit.drop(files())
      await kit.painted()
    },
  },
  unfinished: {
    act: async () => {
      // The earlier visit is one in a frame that goes away.
      const frame = Object.assign(document.createElement('iframe'), { src: '/page/blank.html' })
      document.body.append(frame)
      await new Promise((resolve) => frame.addEventListener('load', resolve))
      const past = /** @type {any} */ (frame.contentWindow)
      await past.kitReady
      const uploader = await past.kit.uploader({
        host: kit.el.host,
        shouldUseMultipart: () => true,
        // On a fast line the second file would have larger parts.
        getChunkSize: () => 8 << 20,
        limit: 1,
      })
      uploader.on('s3-multipart:part-uploaded', ({ id }) => uploader.pauseResume(id))
      uploader.addFile(past.kit.file('Holiday film.mp4', 12_000_000, 2, 'video/mp4'))
      uploader.addFile(past.kit.file('Scans of the archive, 1987.zip', 17_000_000, 3, 'application/zip'))
      uploader.upload()
      await kit.until(() => uploader.getFiles().every(({ status }) => status === 'paused'), 'two that are held')
      // Parts are written down together, twice a second.
      await new Promise((resolve) => setTimeout(resolve, 900))
      frame.remove()
      const { host } = kit.el
      kit.el.remove()
      await kit.until(async () => {
        await kit.element({ host, multiple: '', theme: document.documentElement.style.colorScheme })
        if (kit.shown('.fc-unfinished')) return true
        kit.el.remove()
        return false
      }, 'what is left of it')
    },
  },
  editor: {
    properties: { metaFields: [{ id: 'caption', name: 'Caption', placeholder: 'What is to be seen' }] },
    act: async () => {
      document.querySelector('main').style.minHeight = '400px'
      kit.drop([kit.file('Sunset over Lisbon.txt', 3400, 2, 'text/plain')])
      await kit.painted()
      kit.root().querySelector('[data-do="edit"]').click()
      await kit.until(() => kit.root().querySelector('.fc-editor'), 'the editor')
      await kit.painted()
    },
  },
  filtered: {
    rules: [{ match: { path: 'forbidden' }, fault: { kind: 'denied' } }],
    properties: { retryDelays: [] },
    act: `async () => {
      kit.drop(['forbidden.txt', ...${JSON.stringify(NAMES)}].map((name, i) => kit.file(name, 900, i, 'text/plain')))
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      kit.press('filter')
      await kit.painted()
    }`,
  },
  closed: {
    attributes: { mode: 'button' },
    act: () => kit.until(() => kit.root().querySelector('.fc-open'), 'the button'),
  },
  disabled: {
    attributes: { disabled: '', 'max-file-size': '5MB' },
    act: async () => {},
  },
  required: {
    attributes: { required: '', name: 'files' },
    act: async () => {
      const form = document.createElement('form')
      document.querySelector('main').append(form)
      form.append(kit.el)
      await kit.painted()
      form.reportValidity()
      await kit.painted()
    },
  },
  labelled: {
    attributes: { id: 'cv', accept: '.pdf', 'max-number-of-files': '3' },
    act: async () => {
      const label = Object.assign(document.createElement('label'), { htmlFor: 'cv', textContent: 'Curriculum vitae' })
      kit.el.before(label)
      kit.el.setAttribute('theme', kit.el.getAttribute('theme'))
      await kit.painted()
    },
  },
  copying: {
    attributes: { 'show-key': '', 'show-link': '' },
    act: async () => {
      kit.drop([kit.file('Plan.pdf', 90_000, 5, 'application/pdf')])
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
    },
  },
  nowasm: {
    from: '/nowasm/element.js',
    attributes: { name: 'files' },
    act: async () => {
      await kit.until(() => kit.shown('.fc-told'), 'the message')
      kit.drop([
        kit.file('Plan.pdf', 90_000, 5, 'application/pdf'),
        kit.file('Tickets.zip', 412_000, 4, 'application/zip'),
      ])
      await kit.painted()
    },
  },
}
