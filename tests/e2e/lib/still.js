// Holds what changes from run to run – how far an upload is, its speed – at values that never change, before each paint.
// For pictures that are compared.

/** Holds the element of the page still from now on. @param {any} page */
export const still = (page) =>
  page.run(async () => {
    document.documentElement.style.caretColor = 'transparent'
    const root = kit.root()
    /** Another number for the first that a text has, in the digits of its language. */
    const put = (node, number, pattern) => {
      const text = node.textContent.replace(pattern, (found) =>
        /[٠-٩]/.test(found) ? number.replace(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[digit]) : number,
      )
      if (node.textContent !== text) node.textContent = text
    }
    const NUMBER = /[\d٠-٩]+([.,٫][\d٠-٩]+)?/
    const PERCENT = /[\d٠-٩]+(?=[\s\u200e\u200f\u061c]*[%٪])/
    const hold = () => {
      // The last byte is sent: nothing moves any more.
      if (root.querySelector('.fc-row[data-state=finishing]')) return
      for (const bar of root.querySelectorAll('progress')) if (bar.value % 100 && bar.value !== 42) bar.value = 42
      for (const size of root.querySelectorAll('[data-state=uploading] .fc-size')) put(size, '25', NUMBER)
      const paces = root.querySelector('.fc').lang === 'en' ? ['8.4 MB/s', '12s left'] : []
      for (const words of root.querySelectorAll('[data-state=uploading] .fc-state')) put(words, '42', PERCENT)
      for (const pace of root.querySelectorAll('[data-state=uploading] .fc-pace')) {
        const text = paces.map((text) => ` · ${text}`).join('')
        if (pace.textContent !== text) pace.textContent = text
      }
      for (const words of root.querySelectorAll('[part=headline] > *, .fc-open > span')) put(words, '42', PERCENT)
      const detail = root.querySelector('[part=detail] > *')
      const bar = root.querySelector('.fc-foot:not([hidden]) > progress:not([hidden])')
      if (bar?.value !== 42) return
      const parts = detail.textContent.split(' · ')
      const at = Math.min(parts.length - 1, root.querySelectorAll('.fc-row').length > 1 ? 1 : 0)
      const isOffline = root.querySelector('.fc-offline:not([hidden])') !== null
      const moves = bar.dataset.state === 'uploading' && !isOffline
      const text = [...parts.slice(0, at + 1), ...(moves ? paces : [])].join(' · ')
      if (detail.textContent !== text) detail.textContent = text
      const [first] = detail.textContent.split(' · ').slice(at)
      const held = first.replace(NUMBER, (found) => (/[٠-٩]/.test(found) ? '٢٥' : '25'))
      if (held !== first) detail.textContent = detail.textContent.replace(first, held)
    }
    hold()
    // Told of a change before it is painted.
    new MutationObserver(hold).observe(root, { subtree: true, childList: true, characterData: true, attributes: true })
    await kit.painted()
  })
