//! One request: is it for the proxy, does a rule want it, and what then happens to it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use jiff::Timestamp;

use crate::body::{Blank, BoxError, Boxed, Cut, Tracked, full};
use crate::connection::{Ending, Endings, How};
use crate::cors::{self, Asked};
use crate::journal::{InFlight, Record};
use crate::peer::Peer;
use crate::proxy::Shared;
use crate::{Answer, Fault, Seen, Wanted, control, damage};

/// Everything about the request but itself.
struct Exchange {
    shared: Arc<Shared>,
    peer: Peer,
    endings: Endings,
    asked: Asked,
    in_flight: InFlight,
}

/// An answer, or that the connection has been ordered to end instead.
type Outcome = Result<Response<Tracked>, Ended>;
struct Ended;

pub(crate) async fn answer(
    shared: Arc<Shared>,
    peer: Peer,
    endings: Endings,
    request: Request<Incoming>,
) -> Result<Response<Tracked>, Infallible> {
    if shared.open && control::owns(request.uri().path()) {
        endings.spare();
        return Ok(control::answer(&shared, request).await);
    }
    let wanted = pick(&shared, &request);
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let kind = wanted.as_ref().map(|wanted| wanted.fault.kind());
    let in_flight = shared.journal.begin(request.method().as_str(), path, query, kind, peer);
    let asked = Asked::by(request.method(), request.headers());
    let exchange = Exchange { shared, peer, endings, asked, in_flight };
    let outcome = match wanted {
        Some(wanted) => exchange.broken(request, wanted).await,
        None => exchange.honest(request).await,
    };
    match outcome {
        Ok(answer) => Ok(answer),
        // The connection is dropped from under this, so no answer is ever needed.
        Err(Ended) => std::future::pending().await,
    }
}

fn pick(shared: &Shared, request: &Request<Incoming>) -> Option<Wanted> {
    let text = |(name, value): (&'_ HeaderName, &'_ HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers: Vec<_> = request.headers().iter().filter_map(text).collect();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    shared.rules().pick(&Seen {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers: &headers,
    })
}

impl Exchange {
    async fn honest(self, request: Request<Incoming>) -> Outcome {
        match self.shared.upstream.send(request, self.in_flight.record(), None).await {
            Ok(answer) => Ok(self.finish(answer)),
            Err(error) => Ok(self.bad_gateway(&error)),
        }
    }

    async fn broken(self, request: Request<Incoming>, wanted: Wanted) -> Outcome {
        let Wanted { fault, cors, drain } = wanted;
        let record = self.in_flight.record().clone();
        match fault {
            Fault::Stall { after_bytes } => {
                read(request.into_body(), &record, after_bytes).await;
                self.end(How::Hold)
            }
            Fault::Reset { after_bytes, after_ms } => {
                read(request.into_body(), &record, after_bytes).await;
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(after_ms)) => {}
                    () = self.peer.left() => {}
                }
                self.end(How::Reset)
            }
            Fault::Delay { ms } => {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(ms)) => {}
                    () = self.peer.left() => return self.end(How::Reset),
                }
                self.honest(request).await
            }
            Fault::Silence { forward: false } => {
                read(request.into_body(), &record, u64::MAX).await;
                self.end(How::Hold)
            }
            Fault::Slow { .. }
            | Fault::Silence { forward: true }
            | Fault::LostAnswer {}
            | Fault::Truncate { .. }
            | Fault::NoCors {}
            | Fault::HideEtag {}
            | Fault::WrongChecksum {} => self.forwarded(request, fault).await,
            Fault::HugeAnswer { bytes } => {
                if drain {
                    read(request.into_body(), &record, u64::MAX).await;
                }
                let mut answer = Response::new(Blank::new(bytes).boxed_unsync());
                answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Ok(self.own(answer, cors))
            }
            _ => {
                if drain {
                    read(request.into_body(), &record, u64::MAX).await;
                }
                // Every fault left has an answer of its own.
                let answer = Answer::of(&fault, Timestamp::now()).unwrap_or_default();
                Ok(self.own(response(answer), cors))
            }
        }
    }

    /// The faults that touch only the pace of the request, or only the answer.
    async fn forwarded(self, request: Request<Incoming>, fault: Fault) -> Outcome {
        let bytes_per_second = if let Fault::Slow { bytes_per_second } = fault { Some(bytes_per_second) } else { None };
        let sent = tokio::select! {
            sent = self.shared.upstream.send(request, self.in_flight.record(), bytes_per_second) => sent,
            () = self.peer.left() => return self.end(How::Reset),
        };
        let mut answer = match sent {
            Ok(answer) => answer,
            Err(error) => return Ok(self.bad_gateway(&error)),
        };
        match fault {
            Fault::Silence { .. } | Fault::LostAnswer {} => {
                let how = if matches!(fault, Fault::LostAnswer {}) { How::Reset } else { How::Hold };
                // To its end, so that whatever the server does with the request is done.
                let mut body = answer.into_body();
                while let Some(Ok(_)) = body.frame().await {}
                return self.end(how);
            }
            Fault::Truncate { bytes, hold } => return Ok(self.truncated(answer, bytes, hold)),
            Fault::NoCors {} => cors::strip(answer.headers_mut()),
            Fault::HideEtag {} => cors::hide_etag(answer.headers_mut()),
            Fault::WrongChecksum {} => answer = damage::checksums(answer).await,
            _ => {}
        }
        Ok(self.finish(answer))
    }

    fn truncated(self, answer: Response<Boxed>, bytes: u64, hold: bool) -> Response<Tracked> {
        let (mut parts, body) = answer.into_parts();
        if body.size_hint().exact().is_some_and(|size| size <= bytes) || parts.status == StatusCode::NO_CONTENT {
            parts.headers.remove(CONTENT_LENGTH);
        }
        if parts.status == StatusCode::NO_CONTENT {
            // A 204 ends with its head, and could not be cut.
            parts.status = StatusCode::OK;
        }
        self.in_flight.record().answered(parts.status.as_u16());
        let how = if hold { How::Hold } else { How::Reset };
        let ending = Ending { how, flush: true, in_flight: self.in_flight };
        let cut = Cut::new(body, bytes, self.endings, ending);
        Response::from_parts(parts, Tracked::new(cut.boxed_unsync(), None))
    }

    /// Passes an answer on.
    fn finish(self, answer: Response<Boxed>) -> Response<Tracked> {
        self.in_flight.record().answered(answer.status().as_u16());
        answer.map(|body| Tracked::new(body, Some(self.in_flight)))
    }

    /// Gives an answer of the proxy's own.
    fn own(self, mut answer: Response<Boxed>, cors: bool) -> Response<Tracked> {
        if cors {
            self.asked.allow(answer.headers_mut());
        }
        self.finish(answer)
    }

    fn bad_gateway(self, error: &BoxError) -> Response<Tracked> {
        let text = chain(error.as_ref());
        self.in_flight.record().failed(text.clone());
        let mut answer = Response::new(full(format!("filechute-faults: {text}\n")));
        *answer.status_mut() = StatusCode::BAD_GATEWAY;
        self.own(answer, true)
    }

    fn end(self, how: How) -> Outcome {
        self.endings.end(Ending { how, flush: false, in_flight: self.in_flight });
        Err(Ended)
    }
}

/// Reads at least that much of a body, unless it ends or breaks before.
async fn read(mut body: Incoming, record: &Record, bytes: u64) {
    let mut sum = 0;
    while sum < bytes
        && let Some(Ok(frame)) = body.frame().await
    {
        let size = frame.data_ref().map_or(0, bytes::Bytes::len);
        record.received(size);
        sum += size as u64;
    }
}

fn response(answer: Answer) -> Response<Boxed> {
    let mut response = Response::new(full(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    response
}

/// An error and its causes: hyper's own text says only that something failed.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
