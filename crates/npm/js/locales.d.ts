// Types of `filechute/locales/…`: the words of one language, for `el.strings`.

declare const strings: {
  /** Its tag, such as `de`. */
  locale: string
  direction: string
  /** A text, or one for each plural category of the language. */
  [name: string]: string | Record<string, string>
}
export default strings
