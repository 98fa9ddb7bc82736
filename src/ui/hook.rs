//! [`use_uploader`]: an uploader with signals, for an interface of one's own or beside [`FileChute`](super::FileChute).

use filechute_engine::{FileId, Totals};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use crate::{Notice, Parameters, Subscription, Uploader, UploaderOptions};

/// A reference to an uploader that may not be there yet: never on a server, and in a browser once effects have run.
/// It is `Copy`, so any closure can hold it.
#[derive(Clone, Copy, Debug)]
pub struct UploaderRef {
    /// Empty on a server, so that nothing is ever dropped on another thread than it was made on.
    slot: StoredValue<Option<SendWrapper<Uploader>>>,
    ready: RwSignal<bool>,
}

impl UploaderRef {
    pub(crate) fn empty() -> Self {
        Self { slot: StoredValue::new(None), ready: RwSignal::new(false) }
    }

    fn fill(self, uploader: Uploader) {
        self.slot.set_value(Some(SendWrapper::new(uploader)));
        self.ready.set(true);
    }

    /// The uploader, once there is one. Reactive: an effect that calls it runs again then.
    #[must_use]
    pub fn get(self) -> Option<Uploader> {
        self.ready.track();
        self.get_untracked()
    }

    /// The uploader, if there is one now: for event handlers.
    #[must_use]
    pub fn get_untracked(self) -> Option<Uploader> {
        self.slot.try_with_value(|slot| slot.as_ref().map(|uploader| (**uploader).clone()))?
    }
}

impl From<Uploader> for UploaderRef {
    /// For an uploader made by hand, in a component, since it lives as long as whoever makes it. Unlike the uploader it may be
    /// held by the children of a `Chute` or a `<Show>`, which have to be `Send`. Browser only.
    fn from(uploader: Uploader) -> Self {
        let reference = Self::empty();
        reference.fill(uploader);
        reference
    }
}

/// What [`use_uploader`] returns.
#[derive(Clone, Copy, Debug)]
pub struct UseUploaderReturn {
    /// The uploader, for its verbs: `uploader.get_untracked().map(|uploader| uploader.pause_all())`.
    pub uploader: UploaderRef,
    /// Ids of all files, in the order they were added.
    pub files: Signal<Vec<FileId>>,
    /// Sums over all files: counts, bytes, speed, time left.
    pub totals: Signal<Totals>,
}

/// Makes an uploader that lives as long as the component it is called in.
///
/// ```
/// # use filechute::{Parameters, UploaderOptions, use_uploader};
/// # use leptos::prelude::*;
/// # #[component] fn Page() -> impl IntoView {
/// let chute = use_uploader(Parameters::host("/api"), UploaderOptions::default());
/// let pause = move |_| if let Some(uploader) = chute.uploader.get_untracked() { uploader.pause_all() };
/// view! { <button on:click=pause>"Pause " {move || chute.totals.get().files} " files"</button> }
/// # }
/// ```
///
/// # On the server
/// Makes no uploader; the signals hold an empty list and zeros.
pub fn use_uploader(parameters: impl Into<Parameters>, options: UploaderOptions) -> UseUploaderReturn {
    let uploader = UploaderRef::empty();
    let files = RwSignal::new(Vec::new());
    let totals = RwSignal::new(Totals::default());
    let heard = keep::<Subscription>();
    let mut making = Some((parameters.into(), options));
    Effect::new(move |_| {
        let Some((parameters, options)) = making.take() else { return };
        let made = Uploader::new(parameters, options);
        heard.set_value(Some(SendWrapper::new(observe_changes(&made, files, totals))));
        uploader.fill(made);
    });
    UseUploaderReturn { uploader, files: files.into(), totals: totals.into() }
}

/// Keeps the signals true. The observer asks by reference and so must not own the uploader.
fn observe_changes(uploader: &Uploader, files: RwSignal<Vec<FileId>>, totals: RwSignal<Totals>) -> Subscription {
    let weak = uploader.downgrade();
    uploader.observe(move |notice| {
        let (Notice::Changed(_), Some(uploader)) = (notice, weak.upgrade()) else { return };
        let ids = uploader.file_ids();
        if files.try_with_untracked(|old| *old != ids) == Some(true) {
            files.set(ids);
        }
        totals.try_set(uploader.totals());
    })
}

/// A place for something that belongs to the browser's one thread: empty, hence harmless, on a server.
pub(crate) fn keep<T: 'static>() -> StoredValue<Option<SendWrapper<T>>> {
    StoredValue::new(None)
}
