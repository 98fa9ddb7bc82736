// `style.css.js` is made by the build from `src/ui/style.css`, so that the element has its style without a request.
declare const css: string
export default css
