// Stands in for React where a module only has to be imported.
const nothing = () => undefined
export { nothing as createElement, nothing as useEffect, nothing as useImperativeHandle, nothing as useLayoutEffect, nothing as useRef }
export const forwardRef = (component) => component
