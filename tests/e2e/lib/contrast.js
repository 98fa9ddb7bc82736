// Contrast of texts and icons by WCAG 2.2, worked out from what the browser made of the styles. axe leaves out what it
// is not sure of, such as text on a mixed colour; this leaves out nothing but what is disabled.

/** What has too little, with its ratio: texts 4.5 (1.4.3), icons of buttons 3 (1.4.11). @param {any} page @returns {Promise<string[]>} */
export const faint = (page) =>
  page.run(() => {
    const paint = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
      willReadFrequently: true,
    })
    /** Red, green, blue and opacity, 0 to 1. */
    const rgba = (color) => {
      paint.clearRect(0, 0, 1, 1)
      paint.fillStyle = color
      paint.fillRect(0, 0, 1, 1)
      return [...paint.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
    }
    const over = ([r, g, b, a], below) => [r, g, b].map((value, at) => value * a + below[at] * (1 - a))
    const light = (rgb) => {
      const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const ratio = (a, b) => {
      const [x, y] = [light(a), light(b)].sort((p, q) => q - p)
      return (x + 0.05) / (y + 0.05)
    }
    /** What is behind it, down to the page's canvas; opacity of what is around it is taken as part of the text's. */
    const behind = (node) => {
      const layers = []
      for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
        layers.push(rgba(getComputedStyle(at).backgroundColor))
        // Dialogs and popovers stand on their own colour.
        if (layers.at(-1)[3] === 1) break
      }
      return layers.reverse().reduce((below, layer) => over(layer, below), rgba('Canvas').slice(0, 3))
    }
    const opacity = (node) => {
      let all = 1
      for (let at = node; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity)
      return all
    }
    const found = []
    for (const node of kit.root().querySelectorAll('*')) {
      const shown = node.getClientRects().length > 0 && getComputedStyle(node).visibility === 'visible'
      if (!shown || node.closest('.fc-sr, :disabled')) continue
      const icon = node.matches('button svg')
      const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())
      if (!icon && !text) continue
      const back = behind(node)
      const [r, g, b, a] = rgba(getComputedStyle(node).color)
      const is = ratio(over([r, g, b, a * opacity(node)], back), back)
      if (is < (icon ? 3 : 4.5))
        found.push(`${node.closest('[class]').getAttribute('class')} ${node.textContent}: ${is.toFixed(2)}`)
    }
    return found
  })
