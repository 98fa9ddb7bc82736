//! The host's own calls to the store: create, list, complete, abort, HEAD. A file each.
//!
//! Requests are presigned by rusty-s3 for a minute and sent at once. Signed again at each attempt, bounded in time and
//! size; which failures pass is [`StoreError::is_passing`].

mod abort;
mod complete;
mod create;
mod error;
mod head;
mod list;
mod xml;

pub(crate) use complete::{Completed, Completion, PartRef};
pub(crate) use error::StoreError;
pub(crate) use list::ListedPart;

use std::time::Duration;

use axum::http::Method;
use bytes::Bytes;
use rusty_s3::{Bucket, Credentials, S3Action};

use tokio::time::Instant;

use crate::config::Config;
use crate::outgoing::{Answer, Http, Limits, headers};

/// Life of the signature of a request that is sent at once. Clocks may differ, hence not a few seconds.
const SIGNED_FOR: Duration = Duration::from_secs(300);
/// Most bytes of a result or an error.
const RESULT_BYTES: usize = 64 * 1024;
/// Most bytes of a page of a list: 1000 parts on AWS, 10,000 on MinIO.
const LIST_BYTES: usize = 10 * 1024 * 1024;
/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// No further attempt begins after this: whoever asked, or a proxy between, has given up by then.
const GIVE_UP: Duration = Duration::from_secs(5);
/// Pauses before the second, third, … attempt.
const PAUSES: [Duration; 3] = [Duration::from_millis(150), Duration::from_millis(400), Duration::from_millis(1000)];

/// Calls the store on the host's behalf.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    bucket: Bucket,
    credentials: Credentials,
    http: Http,
}

/// A request to be signed and sent, beside its action.
struct Call<'a> {
    method: Method,
    headers: &'a [(String, String)],
    body: Bytes,
    limits: Limits,
}

impl Default for Call<'_> {
    fn default() -> Self {
        let limits = Limits { timeout: TIMEOUT, body_bytes: RESULT_BYTES };
        Self { method: Method::GET, headers: &[], body: Bytes::new(), limits }
    }
}

impl Store {
    /// For the configured bucket.
    pub(crate) fn new(config: &Config) -> Self {
        let tls = config.bucket.base_url().scheme() == "https";
        Self { bucket: config.bucket.clone(), credentials: config.credentials.clone(), http: Http::new(tls) }
    }

    /// Signs and sends once. A success is the answer with a 2xx status, whatever its body says.
    async fn once<'a>(&self, mut action: impl S3Action<'a>, call: &Call<'_>) -> Result<Answer, StoreError> {
        for (name, value) in call.headers {
            action.headers_mut().insert(name.clone(), value.clone());
        }
        let url = action.sign(SIGNED_FOR);
        let headers = headers(call.headers)?;
        let answer = self.http.send(call.method.clone(), url.as_str(), headers, call.body.clone(), call.limits).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(StoreError::refused(&answer)) }
    }

    /// As [`Self::once`], again after failures that pass. For requests that do no harm when they happen twice.
    async fn call<'a, A: S3Action<'a>>(&self, action: impl Fn() -> A, call: &Call<'_>) -> Result<Answer, StoreError> {
        let start = Instant::now();
        for pause in PAUSES {
            match self.once(action(), call).await {
                Err(error) if error.is_passing() && start.elapsed() < GIVE_UP => tokio::time::sleep(pause).await,
                result => return result,
            }
        }
        self.once(action(), call).await
    }
}

#[cfg(test)]
mod tests {
    use rusty_s3::UrlStyle;

    use super::*;

    /// A page gives up after 30 seconds, a proxy between after 60.
    #[tokio::test(start_paused = true)]
    async fn a_store_that_never_answers_is_not_waited_for_again_and_again() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap()).parse().unwrap();
        let bucket = Bucket::new(endpoint, UrlStyle::Path, "bucket", "r").unwrap();
        let store = Store::new(&Config::new(bucket, Credentials::new("id", "secret")));
        let start = Instant::now();
        assert!(store.abort("k", "id").await.is_err());
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    }
}
