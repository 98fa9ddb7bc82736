// The states of the interface that pictures and the accessibility check look at, each reached as a person would reach
// it. All of it needs the fault proxy, which holds uploads in the middle.

import { MORE } from './more-states.js'

/** Page function: pictures to preview, drawn here, and made as large as what a camera gives. */
export const DRAW = `async (name, hue, size, type = 'image/jpeg') => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 })
  const paint = canvas.getContext('2d')
  const sky = paint.createLinearGradient(0, 0, 0, 240)
  sky.addColorStop(0, \`hsl(\${hue} 70% 45%)\`)
  sky.addColorStop(1, \`hsl(\${hue + 50} 90% 75%)\`)
  paint.fillStyle = sky
  paint.fillRect(0, 0, 320, 240)
  paint.fillStyle = 'hsl(50 100% 90%)'
  paint.arc(220, 90, 32, 0, 7)
  paint.fill()
  for (const [top, light] of [[150, 30], [180, 20], [205, 12]]) {
    paint.fillStyle = \`hsl(\${hue + 150} 40% \${light}%)\`
    paint.beginPath()
    paint.moveTo(0, 240)
    for (let x = 0; x <= 320; x += 8) paint.lineTo(x, top + 18 * Math.sin(x / 40 + top))
    paint.lineTo(320, 240)
    paint.fill()
  }
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.9))
  return new File([blob, kit.file('', size, hue)], name, { type })
}`

/** Page function: what hides until it is asked for, shown and with two files. */
const shown = async (draw) => {
  document.querySelector('main').style.minHeight = '600px'
  await kit.painted()
  kit.el.show()
  kit.drop([
    await draw('Sunset over Lisbon.jpg', 15, 3_400_000),
    kit.file('Quarterly report 2026.pdf', 1_830_000, 2, 'application/pdf'),
  ])
  await kit.painted()
}

/**
 * By name: what the proxy does, attributes of the element, and what happens in the page until the state is there.
 * @type {Record<string, {rules?: object[], attributes?: object, properties?: object, from?: string, act: string | ((draw: any) => Promise<unknown>)}>}
 */
export const STATES = {
  empty: {
    attributes: { accept: 'image/*,video/*,.pdf', 'max-file-size': '5GB' },
    act: async () => {},
  },
  dragging: {
    act: async () => {
      const transfer = kit.transfer([kit.file('a.txt', 1, 1)])
      kit.drag('dragenter', transfer)
      kit.drag('dragover', transfer)
      await kit.painted()
    },
  },
  ready: {
    act: async (draw) => {
      kit.drop([
        await draw('Sunset over Lisbon.jpg', 15, 3_400_000),
        kit.file('Quarterly report 2026.pdf', 1_830_000, 2, 'application/pdf'),
      ])
      await kit.painted()
    },
  },
  mixed: {
    rules: [
      { match: { path: 'film' }, fault: { kind: 'slow', bytesPerSecond: 6_000_000 } },
      { match: { path: 'notes' }, fault: { kind: 'denied' } },
    ],
    act: async (draw) => {
      kit.drop([
        await draw('Sunset over Lisbon.jpg', 15, 3_400_000),
        kit.file('Holiday film.mp4', 120_000_000, 2, 'video/mp4'),
        kit.file(
          'Meeting notes.docx',
          48_200,
          3,
          'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        ),
      ])
      await kit.painted()
      kit.press('upload')
      await kit.event('upload-error')
      await kit.until(() => kit.rowNode('Holiday film.mp4')?.querySelector('progress')?.value > 20, 'progress')
    },
  },
  lively: {
    rules: [
      { match: { path: 'film' }, fault: { kind: 'slow', bytesPerSecond: 8_000_000 } },
      { match: { path: 'Harbour' }, fault: { kind: 'slow', bytesPerSecond: 3_000_000 } },
    ],
    attributes: { limit: '3', 'max-file-size': '5GB' },
    act: async (draw) => {
      kit.drop([
        await draw('Sunset over Lisbon.jpg', 15, 3_400_000),
        kit.file('Holiday film.mp4', 118_000_000, 2, 'video/mp4'),
        await draw('Harbour at dawn.png', 200, 24_000_000, 'image/png'),
        kit.file('Quarterly report 2026.pdf', 1_830_000, 3, 'application/pdf'),
        kit.file('برنامه سفر.pdf', 412_000, 4, 'application/pdf'),
      ])
      await kit.painted()
      kit.press('upload')
      await kit.until(() => kit.of('upload-success').length >= 3, 'three that are done')
      await kit.until(() => kit.rowNode('Holiday film.mp4')?.querySelector('progress')?.value > 35, 'progress')
    },
  },
  arabic: {
    rules: [
      { match: { path: 'film' }, fault: { kind: 'slow', bytesPerSecond: 6_000_000 } },
      { match: { path: 'notes' }, fault: { kind: 'denied' } },
    ],
    attributes: { locale: 'ar', accept: 'image/*,video/*,.docx', 'max-file-size': '5GB' },
    act: async (draw) => {
      await kit.until(() => kit.root().querySelector('.fc').dir === 'rtl', 'Arabic')
      kit.drop([
        await draw('صورة من البحر.jpg', 15, 3_400_000),
        kit.file('Holiday film.mp4', 120_000_000, 2, 'video/mp4'),
        kit.file('notes.docx', 48_200, 3, 'application/msword'),
        kit.file('refused.zip', 48_200, 3, 'application/zip'),
      ])
      await kit.painted()
      kit.press('upload')
      await kit.event('upload-error')
      await kit.until(() => kit.rowNode('Holiday film.mp4')?.querySelector('progress')?.value > 20, 'progress')
    },
  },
  fifty: {
    rules: [{ skip: 12, fault: { kind: 'delay', ms: 60_000 } }],
    act: async () => {
      const types = [
        ['png', 'image/png'],
        ['pdf', 'application/pdf'],
        ['zip', 'application/zip'],
        ['mp3', 'audio/mpeg'],
        ['txt', 'text/plain'],
      ]
      kit.drop(
        Array.from({ length: 50 }, (_, i) => {
          const [extension, type] = types[i % types.length]
          return kit.file(`Document ${String(i + 1).padStart(2, '0')}.${extension}`, 1500 * (i + 1) ** 2, i + 1, type)
        }),
      )
      await kit.painted()
      kit.press('upload')
      await kit.until(() => kit.of('upload-success').length === 12, 'twelve that are done')
      await kit.painted()
    },
  },
  errors: {
    rules: [
      { match: { path: 'forbidden' }, fault: { kind: 'denied' } },
      { match: { path: 'busy' }, fault: { kind: 'internal-error' } },
      {
        match: { path: 'huge' },
        fault: {
          kind: 'status',
          status: 400,
          contentType: 'application/xml',
          body: '<Error><Code>EntityTooLarge</Code></Error>',
        },
      },
      { match: { path: 'lost' }, fault: { kind: 'reset' } },
    ],
    attributes: { 'max-file-size': '100kB' },
    properties: { retryDelays: [0] },
    act: async () => {
      kit.drop([
        kit.file('forbidden.txt', 800, 1, 'text/plain'),
        kit.file('busy.zip', 80_000, 2, 'application/zip'),
        kit.file(
          'huge – with a name that is so long that no list can show all of it at once, not even a wide one.mp4',
          90_000,
          3,
          'video/mp4',
        ),
        kit.file('lost.pdf', 5000, 4, 'application/pdf'),
        kit.file('too large.iso', 700_000, 5),
        kit.file('larger still.iso', 900_000, 6),
      ])
      await kit.painted()
      kit.press('upload')
      await kit.event('complete', 60_000)
      await kit.painted()
    },
  },
  grid: {
    attributes: { view: 'grid' },
    act: async (draw) => {
      const pictures = await Promise.all(
        [10, 60, 120, 200, 260, 320].map((hue) => draw(`Picture ${hue}.jpg`, hue, 900_000)),
      )
      kit.drop([
        ...pictures,
        kit.file('Quarterly report 2026 – the final version of it.pdf', 1_830_000, 2, 'application/pdf'),
      ])
      await kit.painted()
    },
  },
  image: {
    attributes: { mode: 'image', 'max-file-size': '5MB' },
    act: async (draw) => {
      await kit.painted()
      kit.drop([await draw('Portrait.jpg', 15, 3_400_000)])
      await kit.painted()
    },
  },
  noimage: { attributes: { mode: 'image', 'max-file-size': '5MB' }, act: () => kit.painted() },
  modal: { attributes: { mode: 'modal' }, act: shown },
  button: { attributes: { mode: 'button' }, act: shown },
  page: {
    attributes: { mode: 'page' },
    act: async () => {
      document.querySelector('main').style.minHeight = '500px'
      await kit.painted()
      kit.drag('dragenter', kit.transfer([kit.file('a.txt', 1, 1)]), document.body)
      await kit.painted()
    },
  },
  done: {
    act: async (draw) => {
      kit.drop([
        await draw('Sunset over Lisbon.jpg', 15, 3_400_000),
        await draw('Harbour at dawn.png', 200, 5_200_000, 'image/png'),
        kit.file('Quarterly report 2026.pdf', 1_830_000, 2, 'application/pdf'),
      ])
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
    },
  },
  ...MORE,
}

/**
 * Brings a page into a state.
 * @param {Awaited<ReturnType<import('./page.js').open>>} page
 * @param {any} rig @param {string} name @param {'light' | 'dark'} theme
 */
export async function enter(page, rig, name, theme) {
  const { rules = [], attributes = {}, properties = {}, from, act } = STATES[name]
  await rig.store.rules(...rules)
  await page.run(
    `async (attributes, properties, from) => {
      document.documentElement.style.colorScheme = attributes.theme
      // What an earlier page left unfinished is no part of it.
      await new Promise((resolve) => {
        const gone = indexedDB.deleteDatabase('filechute')
        gone.onsuccess = gone.onerror = gone.onblocked = resolve
      })
      await kit.element(attributes, properties, { from })
      await (${act})(${DRAW})
    }`,
    Object.fromEntries(
      Object.entries({ host: rig.url, multiple: '', theme, ...attributes }).filter(([, value]) => value !== null),
    ),
    properties,
    from ?? '/pkg/element.js',
  )
}

/** Another theme, in the same state. @param {Awaited<ReturnType<import('./page.js').open>>} page @param {'light' | 'dark'} theme */
export const repaint = (page, theme) =>
  page.run(async (theme) => {
    document.documentElement.style.colorScheme = theme
    if (kit.el.getAttribute('theme') === theme) return
    kit.el.setAttribute('theme', theme)
    await kit.painted()
  }, theme)
