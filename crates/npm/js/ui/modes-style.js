// What only the other places of the interface need of a style sheet. The rest is in `style.css`.

export const STYLE = `
.fc-stand { display: inline-block; border: 0; background: none; container-type: normal }
.fc-box { position: fixed; padding: 0; overflow: auto }
div.fc-box { inset: auto; margin: 0; box-shadow: 0 8px 32px #0003 }
dialog.fc-box { border: 0; inline-size: min(640px, 100vi - 24px); max-block-size: calc(100vb - 24px); box-shadow: 0 16px 64px #0005 }
dialog.fc-box::backdrop { background: #0007 }
.fc-box > .fc { border: 0; border-radius: 0; --fc-list-height: max(160px, 100vb - 420px) }
.fc-top { position: relative; z-index: 1; display: flex; align-items: center; justify-content: space-between; gap: 12px; padding-block: 8px 0; padding-inline: var(--s) 8px }
.fc-title { font-weight: 600; overflow-wrap: anywhere }
.fc-overlay { position: fixed; inset: auto; margin: 0; padding: 24px; border: 3px solid var(--a); border-radius: 0; pointer-events: none; container-type: normal;
  background: color-mix(in srgb, var(--bg) 85%, transparent); font-size: 1.25rem; font-weight: 600 }
.fc-overlay:popover-open { display: grid; place-content: center; justify-items: center }
.fc[data-mode=image] {
  max-inline-size: 320px;
  .fc-drop { position: relative; flex-flow: column; justify-content: center; gap: 4px; aspect-ratio: 4/3; padding: 12px; text-align: center; overflow: hidden }
  .fc-picture { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; object-position: 50% 25% }
  &[data-full] .fc-pick { position: absolute; inset-block-end: 12px }
  &[data-full] :is(.fc-or, .fc-hint), .fc-thumb { display: none }
  .fc-picture[hidden] + .fc-mark { display: grid }
}
@media (forced-colors: active) { .fc-box, .fc-overlay { border: 2px solid CanvasText } }
`
