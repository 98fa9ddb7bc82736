// Whether what is shown has the room that it needs, and what can be hit is large enough to be.

/** Goes into a frame of this size: no window gets so small. @param {any} page @param {number} width */
export async function intoFrame(page, width) {
  await page.run(
    (width) =>
      new Promise((resolve) => {
        const frame = document.createElement('iframe')
        frame.style.cssText = `position: fixed; inset: 0 auto auto 0; inline-size: ${width}px; block-size: 640px; border: 0`
        frame.src = location.href
        frame.addEventListener('load', () => resolve(undefined))
        document.body.append(frame)
      }),
    width,
  )
  await page.driver.switchTo().frame(0)
}

/** Buttons, links and fields smaller than WCAG 2.5.8 asks for, with their sizes. @param {any} page */
export const small = (page) =>
  page.run(() =>
    [...kit.root().querySelectorAll('button, a[href], input')]
      .filter((node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility === 'visible')
      .map((node) => ({ node, box: node.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ node, box }) => `${node.getAttribute('part')} ${node.textContent}: ${box.width} × ${box.height}`),
  )

/** What can be scrolled sideways, or is cut off by the window. @param {any} page */
export const sticksOut = (page) =>
  page.run(() => {
    const wide = document.documentElement
    const out = wide.scrollWidth > wide.clientWidth ? [`the page: ${wide.scrollWidth} of ${wide.clientWidth}`] : []
    for (const node of kit.root().querySelectorAll('*')) {
      const style = getComputedStyle(node)
      if (node.getClientRects().length === 0 || node.closest('.fc-sr')) continue
      if (/auto|scroll/.test(style.overflowX) && node.scrollWidth > node.clientWidth + 1) {
        out.push(`${node.className} scrolls: ${node.scrollWidth} of ${node.clientWidth}`)
      }
      if (!node.matches('button, input, p, b, small')) continue
      if (node.localName === 'button' && node.scrollWidth > node.clientWidth) out.push(`cut: ${node.textContent}`)
      const { left, right } = node.getBoundingClientRect()
      if (left < -1 || right > wide.clientWidth + 1)
        out.push(`${node.className || node.localName}: ${left} to ${right}`)
    }
    return out
  })
