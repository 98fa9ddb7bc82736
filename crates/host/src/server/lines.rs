//! Where the log's lines go: standard error, from a thread of their own. Whoever reads them may pause, end, or run out of
//! disk; no request waits or fails for that.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Lines that wait for a reader; what comes beyond is dropped.
const MOST_WAITING: usize = 1024;
/// How long the last lines may take once the end was asked for.
const FLUSH: Duration = Duration::from_millis(500);

static LINES: OnceLock<SyncSender<String>> = OnceLock::new();
static TAKEN: AtomicU64 = AtomicU64::new(0);
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Writes a line some time soon, if anything can be written.
pub(super) fn line(text: String) {
    let lines = LINES.get_or_init(|| {
        let (lines, waiting) = sync_channel(MOST_WAITING);
        // Without a thread there is no log: its receiver is dropped then, and each line with it.
        let _ = std::thread::Builder::new().name("log".into()).spawn(move || write(&waiting));
        lines
    });
    TAKEN.fetch_add(1, Ordering::SeqCst);
    if lines.try_send(text).is_err() {
        TAKEN.fetch_sub(1, Ordering::SeqCst);
    }
}

fn write(waiting: &Receiver<String>) {
    for mut line in waiting {
        line.push('\n');
        // A closed pipe or a full disk costs this line; the next may be written again.
        let _ = std::io::stderr().write_all(line.as_bytes());
        WRITTEN.fetch_add(1, Ordering::SeqCst);
    }
}

/// Waits until the lines so far are written, though not for ever.
pub(super) async fn flush() {
    let end = Instant::now() + FLUSH;
    while WRITTEN.load(Ordering::SeqCst) < TAKEN.load(Ordering::SeqCst) && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
