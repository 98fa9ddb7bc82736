// Every word that a person reads or hears, in English: of the interface, of errors and of the form. A translation is an
// object with the same names; one that lacks some gets the English ones for those.
//
// `{0}`, `{1}` … stand for values. A string that counts has one form per plural category of its language, as
// `Intl.PluralRules` names them (`zero`, `one`, `two`, `few`, `many`, `other`), of which `other` must be there; the number
// that chooses the form is `{0}`. Sizes, percentages, durations and lists are written by `Intl` in the language `locale`.

/** @typedef {{other: string} & Partial<Record<'zero' | 'one' | 'two' | 'few' | 'many', string>>} Forms */
/** @typedef {{[Name in keyof typeof EN]: (typeof EN)[Name] extends string ? string : Forms}} Strings */

export const EN = {
  /** The language, as in the attribute `lang`. */
  locale: 'en',
  /** `ltr` or `rtl`. */
  direction: 'ltr',

  // The button and the drop zone. The first of each pair is for one file, the second where more are taken.
  chooseFile: 'Choose a file',
  chooseFiles: 'Choose files',
  chooseFolder: 'Choose a folder',
  addMore: 'Add more',
  orDropIt: 'or drop it here',
  orDropThem: 'or drop them here',
  dropNow: 'Drop to add',
  // The limits, told beforehand: "Images, PDF · up to 10 MB each · 50 MB in all · up to 5 files".
  upToSize: 'up to {0} each',
  atLeastSize: 'at least {0} each',
  upToTotal: '{0} in all',
  upToFiles: { one: '{0} file', other: 'up to {0} files' },
  // Kinds of files in such a list, and in `notAccepted`.
  images: 'images',
  videos: 'videos',
  audio: 'audio',
  textFiles: 'text files',

  // The state of one file. The value of `uploading` is a percentage, of `retryingSlow` the number of the attempt.
  ready: 'Ready',
  waiting: 'Waiting',
  preparing: 'Preparing',
  uploading: 'Uploading {0}',
  finishing: 'Finishing…',
  retrying: 'Retrying in a moment',
  retryingSlow: 'Connection is slow – retrying ({0})',
  paused: 'Paused',
  uploaded: 'Uploaded',
  verified: 'Uploaded and verified',

  // Buttons of one file, as a screen reader names them. The value is the file's name.
  cancelFile: 'Cancel {0}',
  removeFile: 'Remove {0}',
  retryFile: 'Retry {0}',
  pauseFile: 'Pause {0}',
  resumeFile: 'Resume {0}',
  editFile: 'Edit {0}',
  copyKey: 'Copy the key of {0}',
  copyLink: 'Copy the link to {0}',
  copied: 'Copied',

  // Buttons for all files.
  upload: { one: 'Upload {0} file', other: 'Upload {0} files' },
  pauseAll: 'Pause all',
  resumeAll: 'Resume all',
  cancelAll: 'Cancel all',
  removeAll: 'Remove all',
  clear: 'Clear',
  retryFailed: 'Retry failed',
  showFailed: 'Show failed',
  showAll: 'Show all',
  dismiss: 'Dismiss',

  // Files put in order, where that is offered. Of `moved` {0} is the file's name, {1} its place, {2} the number of all.
  moveFile: 'Move {0}',
  moved: '{0} is now {1} of {2}',
  moveHelp: 'Arrow keys move it, Space picks it up and drops it, Escape puts it back.',
  /** Of a long list, in which Tab leads to one file. */
  listHelp: 'Arrow keys go from file to file.',

  // Several files chosen, and buttons for them.
  selectFile: 'Select {0}',
  selectAll: 'Select all',
  selected: { one: '{0} file selected', other: '{0} files selected' },
  remove: 'Remove',
  retry: 'Retry',
  pause: 'Pause',
  resume: 'Resume',

  // The line about all files. `ofFiles` has the number of all as {0} and of those that are done as {1}.
  allReady: { one: '{0} file ready', other: '{0} files ready' },
  allPaused: 'Paused at {0}',
  allUploaded: { one: '{0} file uploaded', other: '{0} files uploaded' },
  allFailed: { one: '{0} file failed', other: '{0} files failed' },
  countUploaded: { one: '{0} uploaded', other: '{0} uploaded' },
  countFailed: { one: '{0} failed', other: '{0} failed' },
  ofFiles: { one: '{1} of {0} file', other: '{1} of {0} files' },
  ofBytes: '{0} of {1}',
  perSecond: '{0}/s',
  timeLeft: '{0} left',
  /** A size below a kilobyte. */
  bytes: '{0} B',

  // Uploads that an earlier visit left unfinished.
  unfinished: '{0} was not finished: {1} of {2} uploaded',
  goOn: 'Continue',
  chooseAgain: 'Choose it again',
  discard: 'Discard',

  // Notes and announcements.
  offline: 'You’re offline – uploads continue when you’re back',
  notAdded: { one: '{0} file was not added', other: '{0} files were not added' },
  andMore: { one: 'and {0} more', other: 'and {0} more' },
  filesFailed: { one: '{0} file could not be uploaded', other: '{0} files could not be uploaded' },
  startUploading: { one: 'Uploading {0} file', other: 'Uploading {0} files' },
  files: 'Files',
  allFiles: 'All files',

  // Other looks: a button with a panel, a dialog, the whole page as drop zone, one picture.
  title: 'Upload files',
  close: 'Close',
  done: 'Done',
  dropAnywhere: 'Drop files to add them',
  chooseImage: 'Choose an image',
  replaceImage: 'Replace',

  // Files that are in the list already.
  duplicates: { one: '{0} file is in the list already', other: '{0} files are in the list already' },
  skip: 'Skip',
  keepBoth: 'Keep both',
  replace: 'Replace',

  // The form about one file.
  fileName: 'Name',
  save: 'Save',
  cancel: 'Cancel',

  // Why an upload failed: what happened, then what to do. {0} is the file's name, {1} a size.
  changed: '{0} was changed while uploading. Choose it again.',
  removed: '{0} was removed or moved. Choose it again.',
  mismatch: 'This is not the file that was being uploaded.',
  unreadable: 'Could not read {0}. Make it available offline and add it again.',
  waitingForNetwork: 'Waiting for the network.',
  stalled: 'The connection is too slow or was lost. Try again.',
  connectionLost: 'The connection was lost. Try again.',
  signIn: 'Please sign in again.',
  notAllowed: "You're not allowed to upload here.",
  expired: 'Upload permission expired. Try again.',
  notStarted: 'Could not start the upload. Try again.',
  exists: 'A file with this name already exists.',
  tooLarge: '{0} is larger than this site accepts.',
  tooLargeLimit: '{0} is larger than this site accepts ({1}).',
  tooSmall: '{0} is smaller than this site accepts.',
  tooSmallLimit: '{0} is smaller than this site accepts ({1}).',
  refusedByPolicy: 'The storage refused {0}: it is not what this site accepts.',
  refusedByStorage: 'The storage refused {0}.',
  damaged: '{0} was damaged on the way. Try again.',
  unconfirmed: "We couldn't confirm the upload. Check before sending again.",
  busy: 'Storage is busy. Try again.',
  misconfigured: 'Upload is misconfigured. Contact the site.',
  /** {0} is the name of a field. */
  required: '{0} is required.',
  failed: 'The upload failed. Try again.',

  // Why a file was not added. {0} is its name, {1} a size or a list of types.
  notAccepted: '{0} is not an accepted type ({1})',
  largerThan: '{0} is larger than {1}',
  smallerThan: '{0} is smaller than {1}',
  empty: '{0} is empty',
  atMostFiles: { one: 'You can add only {0} file', other: 'You can add up to {0} files' },
  atMostTotal: '{0} does not fit: all files together may have {1}',
  duplicate: '{0} is already added',
  noMoreFiles: 'No more files can be added',
  noFolders: "Folders can't be uploaded here",
  emptyFolder: '{0} is an empty folder',
  atLeastFiles: { one: 'Add at least {0} file', other: 'Add at least {0} files' },
  cannotBeAdded: "{0} can't be added",
  uploadNotStarted: 'The upload was not started',

  // When the uploader itself cannot be had.
  loadFailed: 'The uploader could not be loaded. Reload the page to try again.',
  loadFailedInForm: 'The uploader could not be loaded. Your files will be sent with the form.',
  tryAgain: 'Try again',
  stopped: 'The uploader stopped. Reload the page to go on.',

  // Of the form around it, shown by the browser.
  formRunning: 'Uploads are still running',
  formIdle: 'Some files are not uploaded yet. Upload or remove them first.',
  formMissing: 'Please add a file.',
}
