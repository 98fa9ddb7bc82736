// The one Trusted Types policy of the site: a worker may be started from the package and from nowhere else. Everything that
// would need another (markup or code made of text) is not done here, nor in the package.

globalThis.trustedTypes?.createPolicy('default', {
  createScriptURL(address) {
    const { origin, pathname } = new URL(address, location.href)
    return origin === location.origin && pathname.startsWith('/pkg/') ? address : null
  },
})
