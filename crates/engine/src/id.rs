//! Names of things. Ids are handed out in order and never used again.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Hands out the present id and moves the counter on.
            pub(crate) fn take(next: &mut Self) -> Self {
                let id = *next;
                next.0 = next.0.wrapping_add(1);
                id
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                Self::from(id.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// A file in the uploader, from the moment it was accepted.
    FileId
}
id! {
    /// One side effect in the air: a question to the host or a request to S3.
    JobId
}
id! {
    /// One call of [`Engine::upload`](crate::Engine::upload) or of a retry: a batch of files that ends in one
    /// [`UploadEvent::Complete`](crate::UploadEvent::Complete).
    UploadId
}
