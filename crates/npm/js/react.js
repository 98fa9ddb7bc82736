'use client'
// `<FileChute>` for React 18 and 19: the custom element with properties and listeners set the way both versions need.

import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { ATTRIBUTES } from './attributes.js'
import { EVENTS } from './events.js'
import './element.js'
import { PROPERTIES } from './attributes.js'

/** Event by the name of its handler. @type {Map<string, string>} */
const HANDLERS = new Map(Object.keys(EVENTS).map((event) => [handlerName(event), event]))
const ASSIGNED = new Set([...PROPERTIES, 'options', 'metaFields', 'strings'])
/** Attributes of HTML that are flags: version 18 writes `hidden="false"`, which hides. */
const FLAGS = new Set(['hidden', 'inert', 'autoFocus'])
/** React complains about layout effects on servers. */
const useBrowserEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect

export const FileChute = forwardRef(function FileChute(/** @type {Record<string, any>} */ props, forwarded) {
  /** @type {{current: any}} */
  const element = useRef(null)
  const latest = useRef(props)
  /** @type {{current: (() => void) | undefined}} */
  const stop = useRef(undefined)
  /** The keys that were told last. */
  const told = useRef('[]')

  // Attributes are part of what a server renders; functions and objects cannot be.
  /** @type {Record<string, unknown>} */
  const attributes = {}
  for (const [name, value] of Object.entries(props)) {
    if (HANDLERS.has(name) || ASSIGNED.has(name) || name === 'onValueChange') continue
    if (name === 'className') attributes.class = value
    else if (Object.hasOwn(ATTRIBUTES, name)) attributes[ATTRIBUTES[name].name] = toAttribute(ATTRIBUTES[name], value)
    else attributes[name] = value === false && FLAGS.has(name) ? undefined : value
  }

  useBrowserEffect(() => {
    const before = latest.current
    latest.current = props
    for (const name of ASSIGNED) {
      if (name in props ? !Object.is(element.current[name], props[name]) : name in before) element.current[name] = props[name]
    }
  })

  // Once, and until the passive effects end: where a boundary around it shows its fallback the layout effects end and come
  // again, and uploads go on meanwhile.
  useBrowserEffect(() => {
    stop.current ??= listen(element.current, latest, told)
  }, [])
  useEffect(() => () => {
    stop.current?.()
    stop.current = undefined
  }, [])

  useImperativeHandle(forwarded, () => element.current, [])
  return createElement('file-chute', { ...attributes, ref: element })
})

// For React's tools: names do not survive the build.
FileChute.displayName = 'FileChute'

/**
 * Hears the element's events for the handlers of the moment. Gives a function that ends it.
 * @param {any} target @param {{current: Record<string, any>}} latest @param {{current: string}} told
 */
function listen(target, latest, told) {
  const changed = () => {
    told.current = JSON.stringify(target.value)
    latest.current.onValueChange?.(target.value)
  }
  /** @type {Array<[string, (e: any) => void]>} */
  const listeners = [...HANDLERS].map(([handler, event]) => [event, (e) => {
    // Events of elements further in bubble through here.
    if (e.target === target) latest.current[handler]?.(...toArguments(event, e.detail))
  }])
  listeners.push(['change', (e) => e.target === target && changed()])
  for (const [event, listener] of listeners) target.addEventListener(event, listener)
  // What was uploaded while nobody listened, as below a hidden `<Activity>`.
  if (target.value && JSON.stringify(target.value) !== told.current) changed()
  return () => listeners.forEach(([event, listener]) => target.removeEventListener(event, listener))
}

/**
 * Version 18 writes `true` as text and 19 hands it to the property, so flags are `true` or not there.
 * @param {{flag?: boolean}} attribute @param {unknown} value
 */
function toAttribute({ flag }, value) {
  if (flag) return value && value !== 'false' ? true : undefined
  return value === null || value === undefined ? undefined : String(value)
}

/**
 * The way back from `event.detail` to arguments.
 * @param {string} event
 * @param {any} detail
 * @returns {unknown[]}
 */
function toArguments(event, detail) {
  if (event === 'complete') return [detail]
  return (EVENTS[event] ?? []).map((name) => detail?.[name])
}

/** `upload-success` → `onUploadSuccess`, as React spells it. @param {string} event */
function handlerName(event) {
  return `on${event.split('-').map((word) => word[0].toUpperCase() + word.slice(1)).join('')}`
}
