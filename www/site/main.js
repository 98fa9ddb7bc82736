// The demo site's own script. The uploaders themselves need none of it, but for a signer and a few options.

import './colours.js'
import './log.js'
import './gallery.js'
import './code.js'
import './faults.js'
import './themes.js'
import './words.js'
import { $, whenNear } from './page.js'
import { large, pictures } from './samples.js'

// ── The first uploader takes folders, too, when they are dropped, and sends all but small files in parts. It tries for
// minutes, so that there is time to look at what happens while the plug is out; and few at once, so that a slow line
// shows where it is: what a browser hands to the system it counts as sent, megabytes for each request.
const first = $('#with-host')
first.options = {
  directories: true,
  limit: 3,
  resume: 'demo',
  shouldUseMultipart: (file) => (file.size ?? 0) > 8_000_000,
  retryDelays: [0, 1000, 2000, ...Array(40).fill(3000)],
}
$('#sample').addEventListener('click', async () => {
  const uploader = await first.ready
  uploader.addFile(await large())
  await uploader.upload()
})

// ── The second uploader: parameters from a function of the page. This is the code shown beside it.
$('#with-callback').getUploadParameters = async (file, { signal }) => {
  const query = new URLSearchParams({ filename: file.name, type: file.type, method: 'PUT' })
  const response = await fetch(`/s3/params?${query}`, { signal })
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

// ── Of many uploaders on one page only the first offers what an earlier visit left unfinished.
for (const uploader of document.querySelectorAll('file-chute:not(#with-host)')) uploader.options = { resume: false }

// ── Where an empty uploader would show little, some pictures wait in it.
for (const id of ['#in-grid', '#themed']) {
  whenNear($(id), async () => {
    const uploader = await $(id).ready
    const files = await pictures()
    // Nobody did anything yet, so there is nothing to tell.
    $(id).dataset.quiet = ''
    uploader.addFiles(files)
    setTimeout(() => delete $(id).dataset.quiet, 500)
  })
}
