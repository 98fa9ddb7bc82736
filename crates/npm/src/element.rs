//! Mounts the Leptos interface into a shadow root. The custom element itself is JavaScript.
