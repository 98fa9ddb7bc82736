//! Static files for demos and tests: `--serve MOUNT=DIR`.

use std::path::PathBuf;
use std::str::FromStr;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
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
    /// Two folders, one path.
    #[error("two folders are to be served under {0}; choose another path for one")]
    Twice(String),
}

/// Paths of the host, with all below them.
const HOSTS: [&str; 3] = ["/s3", "/dev", "/health"];

impl Mount {
    /// The path without a slash at its end; empty for the whole site.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the path is this one or below it.
    pub fn is_within(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl FromStr for Mount {
    type Err = MountError;

    fn from_str(text: &str) -> Result<Self, MountError> {
        let (path, dir) = text.split_once('=').ok_or(MountError::Form)?;
        let path = path.trim_end_matches('/').to_owned();
        let rooted = path.is_empty() || path.starts_with('/');
        // What the router takes for a pattern, or would take for another path.
        let plain = !path.contains(['{', '}', '*', '?', '#']) && !path.contains("//") && !path.contains("/:");
        if !rooted || !plain || dir.is_empty() {
            return Err(MountError::Form);
        }
        let mount = Self { path, dir: PathBuf::from(dir) };
        if HOSTS.iter().any(|taken| mount.is_within(taken)) {
            return Err(MountError::Taken);
        }
        if mount.dir.is_dir() { Ok(mount) } else { Err(MountError::NoFolder(mount.dir)) }
    }
}

/// Adds the folders to a router. Files are served with their type and `no-cache`, so that a rebuilt page shows; nothing
/// whose name begins with a dot is, since such files are settings, often with secrets.
///
/// # Errors
/// [`MountError::Twice`].
pub fn mount(mut router: Router, mounts: &[Mount]) -> Result<Router, MountError> {
    for (at, Mount { path, dir }) in mounts.iter().enumerate() {
        if mounts.iter().take(at).any(|other| other.path == *path) {
            return Err(MountError::Twice(if path.is_empty() { "/".to_owned() } else { path.clone() }));
        }
        let files = ServiceBuilder::new()
            .layer(middleware::from_fn(not_hidden))
            .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
            .layer(SetResponseHeaderLayer::overriding(
                HeaderName::from_static("x-content-type-options"),
                HeaderValue::from_static("nosniff"),
            ))
            .service(ServeDir::new(dir));
        router = if path.is_empty() { router.fallback_service(files) } else { router.nest_service(path, files) };
    }
    Ok(router)
}

/// `.env`, `.git/config`; `.well-known` is meant to be seen (RFC 8615).
async fn not_hidden(request: Request, next: Next) -> Response {
    let path = percent_decode_str(request.uri().path()).collect::<Vec<u8>>();
    let hidden = |name: &[u8]| name.starts_with(b".") && name != b".well-known";
    if path.split(|byte| matches!(byte, b'/' | b'\\')).any(hidden) {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;

    #[test]
    fn mounts_are_read_and_checked() {
        assert_eq!("/=/".parse(), Ok(Mount { path: String::new(), dir: "/".into() }));
        assert_eq!("/pkg/=/".parse(), Ok(Mount { path: "/pkg".into(), dir: "/".into() }));
        assert_eq!("pkg=/".parse::<Mount>(), Err(MountError::Form));
        for taken in ["/s3=/", "/s3/=/", "/s3/params=/", "/dev/objects=/", "/health/x=/"] {
            assert_eq!(taken.parse::<Mount>(), Err(MountError::Taken), "{taken}");
        }
        for bad in ["/:a=/", "//s3=/", "/a//b=/", "/{a}=/", "/a="] {
            assert_eq!(bad.parse::<Mount>(), Err(MountError::Form), "{bad}");
        }
        assert!("/s3x=/".parse::<Mount>().is_ok());
        assert!(matches!("/=/no/such".parse::<Mount>(), Err(MountError::NoFolder(_))));
    }

    #[test]
    fn one_folder_for_each_path() {
        let mounts = |texts: &[&str]| texts.iter().map(|text| text.parse::<Mount>().unwrap()).collect::<Vec<_>>();
        let twice = mount(Router::new(), &mounts(&["/a=/", "/b=/", "/a/=/tmp"])).unwrap_err();
        assert_eq!(twice, MountError::Twice("/a".into()));
        assert_eq!(mount(Router::new(), &mounts(&["/=/", "/=/tmp"])).unwrap_err(), MountError::Twice("/".into()));
        assert!(mount(Router::new(), &mounts(&["/=/", "/a=/", "/a/b=/"])).is_ok());
    }

    #[tokio::test]
    async fn hidden_files_stay_hidden() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        std::fs::create_dir_all(folder.path().join(".well-known")).unwrap();
        for name in [".env", ".git/config", ".well-known/x", "a.txt"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let dir = folder.path().display();
        let mounts = [format!("/={dir}").parse().unwrap(), format!("/m={dir}").parse().unwrap()];
        let app = mount(Router::new(), &mounts).unwrap();
        for root in ["", "/m"] {
            for (path, status) in [
                ("/a.txt", 200),
                ("/.well-known/x", 200),
                ("/.env", 404),
                ("/%2eenv", 404),
                ("/.git/config", 404),
                ("/%2Egit%2Fconfig", 404),
            ] {
                let request = Request::get(format!("{root}{path}")).body(Body::empty()).unwrap();
                assert_eq!(app.clone().oneshot(request).await.unwrap().status().as_u16(), status, "{root}{path}");
            }
        }
    }
}
