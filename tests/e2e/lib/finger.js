// A finger on the screen, as real as a driver can make one. (Sessions are asked for it: `finger`.)

/** @type {Record<string, (page: any, path: {x: number, y: number}[]) => Promise<void>>} */
const BY = {
  async chromium({ driver }, [first, ...rest]) {
    const send = (type, ...touchPoints) => driver.sendDevToolsCommand('Input.dispatchTouchEvent', { type, touchPoints })
    await send('touchStart', first)
    for (const at of rest) await send('touchMove', at)
    await send('touchEnd')
  },

  // From where the system's touches come: those of WebDriver's actions are told to the page, but never scroll it.
  async firefox({ driver, run }, path) {
    const [left, top] = await run(() => [window.mozInnerScreenX, window.mozInnerScreenY])
    const [contact, remove] = [2, 4]
    const send = (state, { x, y }) =>
      driver.executeAsyncScript(
        'const [state, x, y, done] = arguments; windowUtils.sendNativeTouchPoint(1, state, x, y, 1, 90, () => done())',
        ...[state, left + x, top + y],
      )
    await driver.setContext('chrome')
    try {
      for (const at of path) await send(contact, at)
      await send(remove, path.at(-1))
    } finally {
      await driver.setContext('content')
    }
  },

  // WebKitGTK's driver makes a mouse of a finger. So the events are made up, for what is really at that place; that a
  // browser scrolls, or heeds `touch-action`, they cannot show.
  webkit: ({ run }, path) =>
    run((path) => {
      const [first, last] = [path[0], path.at(-1)]
      const target = kit.root().elementFromPoint(first.x, first.y)
      const send = (type, { x, y }, buttons = 0) =>
        target.dispatchEvent(
          new PointerEvent(type, {
            ...{ pointerId: 7, pointerType: 'touch', isPrimary: true, clientX: x, clientY: y, buttons },
            ...{ bubbles: true, cancelable: true, composed: true },
          }),
        )
      send('pointerdown', first, 1)
      for (const at of path.slice(1)) send('pointermove', at, 1)
      send('pointerup', last)
      if (path.length === 1) send('click', last)
    }, path),
}

/** Puts a finger down, moves it along, and lifts it; a path of one point is a tap. @param {any} page @param {...{x: number, y: number}} path */
export const touch = (page, ...path) => BY[page.browser](page, path)
