// Stands in for React where a module only has to be imported.
const nothing = () => undefined
export { nothing as useEffect, nothing as useImperativeHandle, nothing as useLayoutEffect, nothing as useRef }
/** What would be rendered. */
export const createElement = (type, props) => ({ type, props })
export const forwardRef = (component) => component
