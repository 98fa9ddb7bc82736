//! What went through: a bounded log of requests, and how many uploads were in the air at once.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use crate::peer::Peer;

/// Older requests are forgotten.
const MAX_ENTRIES: usize = 20_000;
/// Longer paths and queries are cut, so that the log stays bounded in bytes too.
const MAX_TEXT: usize = 4_096;
/// Query parameters that would give a signature away.
const SECRET: [&str; 5] =
    ["x-amz-signature", "x-amz-credential", "x-amz-security-token", "signature", "awsaccesskeyid"];

#[derive(Debug)]
pub(crate) struct Journal {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    log: VecDeque<Arc<Record>>,
    /// Uploads in the air and their connections.
    uploads: HashMap<u64, Peer>,
    max_in_flight: usize,
    requests: u64,
    next: u64,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Record {
    id: u64,
    method: String,
    path: String,
    query: String,
    fault: Option<&'static str>,
    concurrent: usize,
    start_ms: u64,
    end_ms: OnceLock<u64>,
    bytes: AtomicU64,
    status: AtomicU16,
    upstream: AtomicU16,
    error: OnceLock<String>,
}

/// Keeps a request in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    journal: Arc<Journal>,
    record: Arc<Record>,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn begin(
        self: &Arc<Self>,
        method: &str,
        path: &str,
        query: &str,
        fault: Option<&'static str>,
        peer: Peer,
    ) -> InFlight {
        let mut state = self.state();
        let id = state.next;
        state.next = id.wrapping_add(1);
        if matches!(method, "PUT" | "POST") {
            state.requests = state.requests.saturating_add(1);
            if state.uploads.len() >= state.max_in_flight {
                // A cancelled upload may still look alive here, and would make a new record out of nothing.
                state.uploads.retain(|_, peer| !peer.has_left());
            }
            state.uploads.insert(id, peer);
            state.max_in_flight = state.max_in_flight.max(state.uploads.len());
        }
        let record = Arc::new(Record {
            id,
            method: method.to_owned(),
            path: shortened(path),
            query: shortened(&redacted(query)),
            fault,
            concurrent: state.uploads.len(),
            start_ms: self.now_ms(),
            end_ms: OnceLock::new(),
            bytes: AtomicU64::new(0),
            status: AtomicU16::new(0),
            upstream: AtomicU16::new(0),
            error: OnceLock::new(),
        });
        if state.log.len() == MAX_ENTRIES {
            state.log.pop_front();
        }
        state.log.push_back(record.clone());
        InFlight { journal: self.clone(), record }
    }

    pub(crate) fn log(&self) -> Value {
        let log: Vec<_> = self.state().log.iter().cloned().collect();
        log.iter().map(|record| record.to_json()).collect()
    }

    pub(crate) fn clear_log(&self) {
        self.state().log.clear();
    }

    pub(crate) fn stats(&self) -> Value {
        let mut state = self.state();
        state.uploads.retain(|_, peer| !peer.has_left());
        json!({ "inFlight": state.uploads.len(), "maxInFlight": state.max_in_flight, "requests": state.requests })
    }

    pub(crate) fn reset_max(&self) {
        let mut state = self.state();
        state.uploads.retain(|_, peer| !peer.has_left());
        state.max_in_flight = state.uploads.len();
    }
}

impl InFlight {
    pub(crate) fn record(&self) -> &Arc<Record> {
        &self.record
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.journal.state().uploads.remove(&self.record.id);
        // Set once: nothing else writes it.
        let _ = self.record.end_ms.set(self.journal.now_ms());
    }
}

impl Record {
    /// Counts bytes of the request body.
    pub(crate) fn received(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Notes the status the client gets.
    pub(crate) fn answered(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// Notes the status the server gave.
    pub(crate) fn upstream(&self, status: u16) {
        self.upstream.store(status, Ordering::Relaxed);
    }

    /// Notes why forwarding failed.
    pub(crate) fn failed(&self, error: String) {
        let _ = self.error.set(error);
    }

    fn to_json(&self) -> Value {
        let status = |status: &AtomicU16| Some(status.load(Ordering::Relaxed)).filter(|status| *status != 0);
        json!({
            "id": self.id,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "fault": self.fault,
            "status": status(&self.status),
            "upstream": status(&self.upstream),
            "error": self.error.get(),
            "bytes": self.bytes.load(Ordering::Relaxed),
            "start": self.start_ms,
            "end": self.end_ms.get(),
            "concurrent": self.concurrent,
        })
    }
}

fn shortened(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

fn redacted(query: &str) -> String {
    let one = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret)) => format!("{name}=REDACTED"),
        _ => pair.to_owned(),
    };
    query.split('&').map(one).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer() -> Peer {
        Peer { local: ([127, 0, 0, 1], 1).into(), remote: ([127, 0, 0, 1], 2).into() }
    }

    #[test]
    fn the_log_is_bounded() {
        let journal = Arc::new(Journal::new());
        for _ in 0..MAX_ENTRIES + 5 {
            drop(journal.begin("GET", "/", "", None, peer()));
        }
        let log = journal.log();
        assert_eq!(log.as_array().map(Vec::len), Some(MAX_ENTRIES));
        assert_eq!(log[0]["id"], 5);
        drop(journal.begin("GET", &"ж".repeat(MAX_TEXT), "", None, peer()));
        assert_eq!(journal.log()[MAX_ENTRIES - 1]["path"].as_str().map(str::len), Some(MAX_TEXT));
    }

    #[test]
    fn no_signature_is_kept() {
        let query = "partNumber=1&X-Amz-Signature=abc&x-amz-credential=AK%2Fus&X-Amz-Security-Token=t&X-Amz-Expires=9";
        let kept = "partNumber=1&X-Amz-Signature=REDACTED&x-amz-credential=REDACTED\
                    &X-Amz-Security-Token=REDACTED&X-Amz-Expires=9";
        assert_eq!(redacted(query), kept);
        assert_eq!(redacted(""), "");
    }
}
