//! filechute in a server-rendered, hydrated Leptos app (axum)
