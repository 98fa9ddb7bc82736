// Types of `filechute/locales/uppy`.

/** One text, or one for each index that `pluralize` gives. */
type Text = string | { [index: string]: string }

/**
 * The words of a locale pack of `@uppy/locales`, or of one of your own in its form: for the option `locale`, and for
 * `el.strings`. What it lacks stays English.
 * @param pack its `strings` and `pluralize`
 * @param language its tag, such as `fi`, or as its file is named, `fi_FI`: numbers and plurals follow it
 */
export function fromUppy(
  pack: { strings?: { [key: string]: Text | undefined }; pluralize?: (n: number) => number },
  language?: string,
): Record<string, string | Record<string, string>>
