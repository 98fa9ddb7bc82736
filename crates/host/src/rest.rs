//! What is left of a request's body when its answer is ready.
//!
//! A server that answers and closes while the client still sends makes the client see a network error instead of the
//! refusal, and one that closes without saying so loses the next request on the connection. So the rest is read first, as far
//! as that is reasonable; where it is not, the answer says `Connection: close`.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as _, Frame, SizeHint};

/// The longest body that any route takes.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
/// How long the rest may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A middleware: reads what a route left of the body.
pub(crate) async fn read(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Whoever waits to be told that the body is wanted sends none after a final answer.
    let waits = parts.headers.contains_key(header::EXPECT);
    let mut body = Shared::new(body);
    let mut response = next.run(Request::from_parts(parts, Body::new(body.clone()))).await;
    if !response.headers().contains_key(header::CONNECTION) && !body.is_over() {
        let small = body.size_hint().lower() <= MOST_BYTES;
        if waits || !small || !body.drain(MOST_BYTES, TIMEOUT, TIMEOUT).await {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    response
}

/// A request body that a service reads and that can still be read to its end afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<Mutex<Read>>);

#[derive(Debug)]
struct Read {
    body: Body,
    over: bool,
}

impl Shared {
    pub(crate) fn new(body: Body) -> Self {
        let over = body.is_end_stream();
        Self(Arc::new(Mutex::new(Read { body, over })))
    }

    /// Whether there is nothing left, or nothing can come any more.
    fn is_over(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).over
    }

    /// Reads on, up to a number of bytes and a time, and a shorter one in which nothing comes. Says whether this was all.
    pub(crate) async fn drain(&mut self, most: u64, timeout: Duration, stall: Duration) -> bool {
        let end = Instant::now().checked_add(timeout);
        let mut read: u64 = 0;
        while !self.is_over() {
            let left = end.map_or(stall, |end| end.saturating_duration_since(Instant::now()).min(stall));
            let frame = std::future::poll_fn(|cx| Pin::new(&mut *self).poll_frame(cx));
            match tokio::time::timeout(left, frame).await {
                Ok(Some(Ok(frame))) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
                Ok(_) => return true,
                Err(_) => return false,
            }
            if read > most {
                return false;
            }
        }
        true
    }
}

impl http_body::Body for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let polled = Pin::new(&mut read.body).poll_frame(cx);
        if let Poll::Ready(frame) = &polled {
            read.over = read.body.is_end_stream() || !matches!(frame, Some(Ok(_)));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).body.size_hint()
    }
}
