// What the accessibility checker finds in a page.

/** What axe finds in `main`, in short. The page around it is not what is looked at. @param {any} page @returns {Promise<string[]>} */
export async function violations(page) {
  return page.run(async () => {
    if (!window.axe) {
      await new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement('script'), {
          src: '/node_modules/axe-core/axe.min.js',
          onload: resolve,
          onerror: reject,
        })
        document.head.append(script)
      })
    }
    const found = await axe.run('main', { rules: { region: { enabled: false } }, resultTypes: ['violations'] })
    return found.violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ target, failureSummary }) => `${target.flat().join(' ')} ${failureSummary}`)
          .slice(0, 3)
          .join(' | ')}`,
    )
  })
}
