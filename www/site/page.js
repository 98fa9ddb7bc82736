// What the site's scripts share: finding and making nodes, numbers as people read them.

/** @param {string} selector @returns {any} */
export const $ = (selector) => document.querySelector(selector)

/** An element with a class and children. Text is only ever text. */
export function make(tag, className = '', ...children) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

export const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

export function size(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${numbers.format(bytes / 1000 ** step)} ${bytes === 1 ? 'byte' : units[step]}`
}

/** Runs `then` once, when the node comes near what is to be seen. */
export function whenNear(node, then) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return
    observer.disconnect()
    then()
  }, { rootMargin: '400px' })
  observer.observe(node)
}
