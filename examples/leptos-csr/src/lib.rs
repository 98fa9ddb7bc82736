//! filechute in a client-rendered Leptos app
