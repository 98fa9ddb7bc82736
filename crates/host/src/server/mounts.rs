//! Static files for demos and tests: `--serve MOUNT=DIR`.

use std::path::PathBuf;
use std::str::FromStr;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// A folder under a path of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    path: String,
    dir: PathBuf,
}

/// Why a mount cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MountError {
    /// Not `PATH=DIR`.
    #[error("write a mount as PATH=DIR, for example /=www or /pkg=pkg")]
    Form,
    /// The path belongs to the host.
    #[error("/s3, /dev and /health belong to the host; choose another path")]
    Taken,
    /// There is no such folder.
    #[error("there is no folder {0}")]
    NoFolder(PathBuf),
}

impl FromStr for Mount {
    type Err = MountError;

    fn from_str(text: &str) -> Result<Self, MountError> {
        let (path, dir) = text.split_once('=').ok_or(MountError::Form)?;
        let path = path.trim_end_matches('/').to_owned();
        if !(path.is_empty() || path.starts_with('/')) || path.contains(['{', '}', '*', '?', '#']) || dir.is_empty() {
            return Err(MountError::Form);
        }
        if ["/s3", "/dev", "/health"].contains(&path.as_str()) {
            return Err(MountError::Taken);
        }
        let dir = PathBuf::from(dir);
        if dir.is_dir() { Ok(Self { path, dir }) } else { Err(MountError::NoFolder(dir)) }
    }
}

/// Adds the folders to a router. Files are served with their type and `no-cache`, so that a rebuilt page shows.
pub fn mount(mut router: Router, mounts: &[Mount]) -> Router {
    for Mount { path, dir } in mounts {
        let files = ServiceBuilder::new()
            .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
            .layer(SetResponseHeaderLayer::overriding(
                HeaderName::from_static("x-content-type-options"),
                HeaderValue::from_static("nosniff"),
            ))
            .service(ServeDir::new(dir));
        router = if path.is_empty() { router.fallback_service(files) } else { router.nest_service(path, files) };
    }
    router
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_read_and_checked() {
        assert_eq!("/=/".parse(), Ok(Mount { path: String::new(), dir: "/".into() }));
        assert_eq!("/pkg/=/".parse(), Ok(Mount { path: "/pkg".into(), dir: "/".into() }));
        assert_eq!("pkg=/".parse::<Mount>(), Err(MountError::Form));
        assert_eq!("/s3=/".parse::<Mount>(), Err(MountError::Taken));
        assert!(matches!("/=/no/such".parse::<Mount>(), Err(MountError::NoFolder(_))));
    }
}
