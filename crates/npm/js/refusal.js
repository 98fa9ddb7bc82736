// How the adapters fail: with the server's own words, and with the news whether asking again makes sense.

/**
 * An error that ends the file at once where the server said no, and is tried again where it could not say anything.
 * @param {string} message the server's words @param {number} status HTTP
 */
export function refusal(message, status) {
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500
  return Object.assign(new Error(message), { status, retryable })
}

/** An object of JSON, or an empty one. @param {Response} response @returns {Promise<Record<string, any>>} */
export async function jsonOf(response) {
  const json = await response.json().catch(() => null)
  return json !== null && typeof json === 'object' ? json : {}
}
