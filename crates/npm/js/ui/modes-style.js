// What only the other places of the interface need of a style sheet. The rest is in `style.css`.

export const STYLE = `
.fc-stand { display: inline-block; border: 0; background: none; container-type: normal }
.fc-box { padding: 0; border: 0; border-radius: var(--fc-radius, 12px); background: none; color: inherit; overflow: auto; font: inherit }
.fc-box[data-theme=light] { color-scheme: light }
.fc-box[data-theme=dark] { color-scheme: dark }
div.fc-box { position: fixed; inset: auto; margin: 0; border: 1px solid var(--fc-line, light-dark(#e2e4ea, #34363e)); box-shadow: 0 8px 32px #0003 }
dialog.fc-box { inline-size: min(640px, 100vi - 24px); max-block-size: calc(100vb - 24px); box-shadow: 0 16px 64px #0005 }
dialog.fc-box::backdrop { background: #0007 }
.fc-box { background: var(--fc-surface, light-dark(#fff, #1a1b1f)); color: var(--fc-text, light-dark(#1b1d22, #ececf0)); color-scheme: light dark }
.fc-box > .fc { border: 0; border-radius: 0; --fc-list-height: max(160px, 100vb - 420px) }
.fc-top { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 8px 8px 0 var(--fc-space, 12px); font-size: var(--fc-font-size, 0.9375rem) }
.fc-top .fc-btn { --hover: color-mix(in srgb, currentColor 8%, transparent) }
.fc-top svg { inline-size: 20px; block-size: 20px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round }
.fc-top :focus-visible { outline: 2px solid; outline-offset: 2px }
.fc-title { font-weight: 600; overflow-wrap: anywhere }
.fc-overlay { position: fixed; inset: auto; margin: 0; padding: 24px; border: 3px solid var(--a); border-radius: 0; pointer-events: none; container-type: normal;
  background: color-mix(in srgb, var(--bg) 85%, transparent); font-size: 1.25rem; font-weight: 600 }
.fc-overlay:popover-open { display: grid; place-content: center; justify-items: center }
.fc[data-mode=image] { max-inline-size: 320px }
.fc[data-mode=image] .fc-drop { position: relative; flex-flow: column; justify-content: center; gap: 4px; aspect-ratio: 4/3; padding: 12px; text-align: center; overflow: hidden }
.fc[data-mode=image] .fc-picture { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover }
.fc[data-mode=image][data-full] .fc-pick { position: absolute; inset-block-end: 12px }
.fc[data-mode=image][data-full] :is(.fc-or, .fc-hint), .fc[data-mode=image] .fc-thumb { display: none }
.fc[data-mode=image] .fc-picture[hidden] + .fc-mark { display: grid }
@media (forced-colors: active) { .fc-box, .fc-overlay { border: 2px solid CanvasText } }
`
