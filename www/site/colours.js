// Colours: as the system, light, dark; kept for the next visit and passed to the uploaders.

import { $ } from './page.js'

const CHOICES = { auto: 'as the system', light: 'light', dark: 'dark' }
const root = document.documentElement

function paint(choice) {
  if (choice === 'auto') delete root.dataset.theme
  else root.dataset.theme = choice
  // The one in the theme editor has a choice of its own.
  for (const uploader of document.querySelectorAll('file-chute:not(#themed)')) uploader.setAttribute('theme', choice)
  $('#colours').setAttribute('aria-label', `Colours: ${CHOICES[choice]}`)
  $('#colours').title = `Colours: ${CHOICES[choice]}`
}

function stored() {
  try {
    const choice = localStorage.getItem('theme')
    return choice && Object.hasOwn(CHOICES, choice) ? choice : undefined
  } catch {
    return undefined
  }
}

let choice = stored() ?? 'auto'
paint(choice)
$('#colours').addEventListener('click', () => {
  const names = Object.keys(CHOICES)
  choice = names[(names.indexOf(choice) + 1) % names.length]
  paint(choice)
  try {
    localStorage.setItem('theme', choice)
  } catch {
    // Storage can be switched off; then the choice holds for this visit.
  }
})
