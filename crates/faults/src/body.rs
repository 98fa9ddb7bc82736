//! Bodies on their way through: counted and paced towards the server, tracked, cut or made up towards the client.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::connection::{Ending, Endings};
use crate::journal::{InFlight, Record};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Boxed = UnsyncBoxBody<Bytes, BoxError>;

/// A body of these bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Boxed {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A request body on its way to the server.
#[derive(Debug)]
pub(crate) struct Upload {
    inner: Incoming,
    record: Arc<Record>,
    pace: Option<Pace>,
}

#[derive(Debug)]
struct Pace {
    bytes_per_second: u64,
    start: Instant,
    bytes: u64,
    pause: Pin<Box<Sleep>>,
}

impl Upload {
    pub(crate) fn new(inner: Incoming, record: Arc<Record>, bytes_per_second: Option<u64>) -> Self {
        let start = Instant::now();
        let pace = bytes_per_second.map(|bytes_per_second| Pace {
            bytes_per_second,
            start,
            bytes: 0,
            pause: Box::pin(tokio::time::sleep_until(start)),
        });
        Self { inner, record, pace }
    }
}

impl Pace {
    /// Nothing more before the time that the bytes so far are worth.
    fn after(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        let worth_ms = self.bytes.saturating_mul(1_000) / self.bytes_per_second;
        self.pause.as_mut().reset(self.start + Duration::from_millis(worth_ms));
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(pace) = &mut self.pace {
            ready!(pace.pause.as_mut().poll(cx));
        }
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if let Some(bytes) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map(Bytes::len) {
            self.record.received(bytes);
            if let Some(pace) = &mut self.pace {
                pace.after(bytes);
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An answer's body, which keeps its request in flight until the last byte is handed over.
#[derive(Debug)]
pub(crate) struct Tracked {
    inner: Boxed,
    _in_flight: Option<InFlight>,
}

impl Tracked {
    pub(crate) const fn new(inner: Boxed, in_flight: Option<InFlight>) -> Self {
        Self { inner, _in_flight: in_flight }
    }
}

impl Body for Tracked {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The beginning of a body; then, instead of an end, the end of the connection.
#[derive(Debug)]
pub(crate) struct Cut {
    inner: Boxed,
    left: u64,
    ending: Option<(Endings, Ending)>,
}

impl Cut {
    pub(crate) const fn new(inner: Boxed, left: u64, endings: Endings, ending: Ending) -> Self {
        Self { inner, left, ending: Some((endings, ending)) }
    }
}

impl Body for Cut {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        while self.left > 0 {
            let Some(Ok(frame)) = ready!(Pin::new(&mut self.inner).poll_frame(cx)) else { break };
            let Ok(data) = frame.into_data() else { continue };
            let take = usize::try_from(self.left).unwrap_or(usize::MAX).min(data.len());
            self.left -= take as u64;
            return Poll::Ready(Some(Ok(Frame::data(data.slice(..take)))));
        }
        self.left = 0;
        if let Some((endings, ending)) = self.ending.take() {
            endings.end(ending);
        }
        Poll::Pending
    }
}

/// White space, a lot of it.
#[derive(Debug)]
pub(crate) struct Blank {
    /// None: endless.
    left: Option<u64>,
}

const BLANK: &[u8] = &[b' '; 65_536];

impl Blank {
    pub(crate) const fn new(bytes: Option<u64>) -> Self {
        Self { left: bytes }
    }
}

impl Body for Blank {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(left) = &mut self.left else { return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(BLANK))))) };
        let take = usize::try_from(*left).unwrap_or(usize::MAX).min(BLANK.len());
        *left -= take as u64;
        Poll::Ready((take > 0).then(|| Ok(Frame::data(Bytes::from_static(&BLANK[..take])))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
