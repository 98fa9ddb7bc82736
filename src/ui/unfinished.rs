//! What an earlier page left unfinished, a row each, with what can be done about it.

use filechute_engine::display_name;
use leptos::prelude::*;

use super::{frame::Sight, icons, panel::icon};
use crate::{journal::Record, strings::Words};

/// So many rows, the oldest first; of the others the number is told.
const MOST_ROWS: usize = 4;

/// What is shown of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Leftovers {
    pub(crate) rows: Vec<Leftover>,
    /// About those that are not shown.
    pub(crate) more: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leftover {
    id: String,
    pub(crate) text: String,
    name: String,
    bytes: u64,
    size: u64,
    /// Words of its buttons.
    go_on: &'static str,
    discard: &'static str,
}

impl Leftovers {
    pub(crate) fn of(records: &[Record], words: Words<'_>) -> Self {
        let strings = words.strings;
        let row = |record: &Record| {
            let sizes = [words.bytes(record.bytes()), words.bytes(record.size)];
            Leftover {
                id: record.id.clone(),
                text: words.told(strings.unfinished, &record.name, &[&sizes[0], &sizes[1]]),
                name: display_name(&record.name),
                bytes: record.bytes(),
                size: record.size,
                // The browser may find its file by itself.
                go_on: if record.has_handle { strings.go_on } else { strings.choose_again },
                discard: strings.discard,
            }
        };
        let rest = u32::try_from(records.len().saturating_sub(MOST_ROWS)).unwrap_or(u32::MAX);
        Self {
            rows: records.iter().take(MOST_ROWS).map(row).collect(),
            more: if rest > 0 { words.count(&strings.and_more, rest, &[]) } else { String::new() },
        }
    }
}

pub(crate) fn rows(sight: Sight) -> impl IntoView {
    // Not `<For>`, which holds the owner that holds it, and with it the uploader. When a row goes the nodes of the next ones
    // show others: `keep_focus` knows.
    let shown = Memo::new(move |_| sight.frame.with(|frame| frame.unfinished.rows.clone()));
    view! {
        <ul
            class="fc-note fc-unfinished"
            part="unfinished"
            role="list"
            hidden=sight.flag(|frame, _| frame.unfinished.rows.is_empty())
        >
            {move || shown.get().into_iter().map(|row| one(sight, row)).collect_view()}
            <li hidden=sight.flag(|frame, _| frame.unfinished.more.is_empty())>
                {sight.text(|frame, _| frame.unfinished.more.clone())}
            </li>
        </ul>
    }
}

fn one(sight: Sight, row: Leftover) -> impl IntoView {
    let Leftover { id, text, name, bytes, size, go_on, discard } = row;
    let act = |verb: &'static str, class: &'static str, label: &'static str| {
        view! {
            <button
                type="button"
                class=class
                part=["button ", verb].concat()
                data-do=verb
                disabled=sight.flag(|_, settings| settings.disabled)
                // There may be several of each.
                aria-label=[label, ": ", &name].concat()
            >
                {label}
            </button>
        }
    };
    view! {
        <li data-record=id>
            {icon(icons::RETRY)}
            <div>
                <bdi dir=sight.maybe(|_, settings| settings.direction())>{text}</bdi>
                <progress
                    class="fc-bar"
                    part="bar"
                    max=size.to_string()
                    value=bytes.to_string()
                    aria-label=name.clone()
                ></progress>
            </div>
            <div class="fc-acts">
                {act("continue", "fc-btn fc-main", go_on)}
                {act("discard", "fc-btn", discard)}
            </div>
        </li>
    }
}
