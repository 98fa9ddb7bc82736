// Scripts of the tests may come before the modules have run; they wait for this.
window.kitReady = new Promise((resolve) => {
  addEventListener('DOMContentLoaded', resolve)
})
