//! A panic in a function of the application's (its check, its keys) is a 500, not a connection that ends without an answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::ApiError;

/// A middleware around everything that could call such a function. What panicked is told by the panic's own message.
pub(super) async fn caught(request: Request, next: Next) -> Response {
    let mut answer = pin!(next.run(request));
    std::future::poll_fn(|cx| {
        // A future that has panicked is not polled again; what requests share is locked so that this does not matter.
        catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx))).unwrap_or_else(|_| {
            Poll::Ready(ApiError::misconfigured("the host failed; its log tells why").into_response())
        })
    })
    .await
}
