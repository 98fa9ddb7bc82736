// The switches that break the line between this page and the store. What they do is done by the fault proxy, which only
// `cargo xtask demo` puts there; its rules match the requests of this page and not those of the host.

import { $ } from './page.js'
import { write } from './log.js'

const HERE = { header: { origin: location.origin } }
const LOOK_EVERY_MS = 500

/** By the name of the switch, in the order in which the proxy tries them. Those with `times` switch themselves off. */
const FAULTS = {
  plug: {
    // Not at once: a refusal within milliseconds is how a bucket without a CORS rule looks.
    rules: [{ kind: 'reset', afterMs: 400 }],
    preflights: true,
    on: 'the plug is out, connections are reset',
    off: 'the plug is in again',
  },
  expire: { rules: [{ kind: 'expired' }], times: 1, on: 'the next URL has expired', done: 'answered 403 AccessDenied, “Request has expired”' },
  busy: { rules: [{ kind: 'slow-down', retryAfter: 1 }], times: 2, on: 'the store is busy', done: 'answered 503 SlowDown, twice' },
  lost: { rules: [{ kind: 'lost-answer' }], times: 1, on: 'the next answer gets lost', done: 'stored, and the answer thrown away' },
  slow: { rules: [{ kind: 'slow', bytesPerSecond: 250_000 }], on: 'the line is slow', off: 'the line is as fast as ever' },
}

const switches = Object.fromEntries(
  [...document.querySelectorAll('[data-fault]')].map((input) => [input.dataset.fault, input]),
)
/** Uses that are left, of those that have an end. */
const left = {}
/** One request after the other, so that the last word is what holds. */
let queue = Promise.resolve()

async function ask(method, path = '', body = undefined) {
  const response = await fetch(`/demo/faults${path}`, { method, body, cache: 'no-store' })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.status === 204 ? [] : response.json()
}

const isOn = ([name]) => switches[name].checked

function rulesOf([name, { rules, preflights }]) {
  const times = left[name] === undefined ? {} : { times: left[name] }
  return rules.flatMap((fault) => [
    { match: HERE, fault, ...times },
    ...(preflights ? [{ match: { ...HERE, method: 'OPTIONS' }, fault }] : []),
  ])
}

/** Tells the proxy what is switched on now. */
async function tell(cut) {
  // The proxy counts anew, so what was used before has to be taken off.
  await look()
  await ask('POST', '', JSON.stringify(Object.entries(FAULTS).filter(isOn).flatMap(rulesOf)))
  // Rules are for requests to come; what is on its way has to be broken, too.
  if (cut) await ask('DELETE', '/connections')
}

/** Looks how often those with an end were used, and switches off what is used up. */
async function look() {
  for (const { fault, times, used } of await ask('GET')) {
    const name = Object.keys(left).find((name) => FAULTS[name].rules[0].kind === fault.kind)
    if (!name || !times) continue
    left[name] = Math.min(left[name], times - used)
    if (left[name] > 0) continue
    switches[name].checked = false
    delete left[name]
    write('fault', FAULTS[name].done)
  }
}

function next(step) {
  queue = queue.then(step).catch((error) => unavailable(`The proxy does not answer (${error.message}).`))
  return queue
}

function unavailable(text) {
  $('#faults').disabled = true
  $('#faults-about').textContent = text
}

for (const [name, { times, on, off }] of Object.entries(FAULTS)) {
  switches[name].addEventListener('change', ({ target: { checked } }) => {
    if (checked && times) left[name] = times
    else delete left[name]
    write(checked ? 'fault' : 'mended', checked ? on : (off ?? 'called off'))
    next(() => tell(name === 'plug' && checked))
  })
}

setInterval(() => {
  if (!$('#faults').disabled && Object.keys(left).length > 0) next(look)
}, LOOK_EVERY_MS)

// A page that was closed with the plug out must not leave the next one without a store.
queue = ask('DELETE').catch(() => unavailable('These switches need the proxy of `cargo xtask demo`, which is not here.'))
for (const input of Object.values(switches)) input.checked = false
