// What is loaded when it is first needed, each in one piece.

import { Failure } from './failure.js'

/** Nothing is wrong with the file or the store: it is tried again like after a lost connection. */
const missing = () => {
  throw new Failure('sign', 'unavailable', 'retry', 'a part of filechute could not be loaded')
}

/** What hosts and hooks are asked about files in parts. */
export const rest = () => import('./parts.js').catch(missing)

/** Few pages talk to the store themselves. */
export const signer = () => import('./signer.js').catch(missing)
