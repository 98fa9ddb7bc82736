// English, under the name that every other language has.

export { EN as default } from '../ui/strings.js'
