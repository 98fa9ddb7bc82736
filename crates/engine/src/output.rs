//! What goes in and out of the engine besides its verbs: reports, commands, events, changes.

use alloc::{boxed::Box, rc::Rc, vec::Vec};

use crate::{Answer, Failure, FileId, JobId, UploadFile, UploadId, UploadParameters};

/// What the host is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// Parameters to send a whole file with one request.
    Whole,
}

/// A side effect to perform.
#[derive(Clone, Debug)]
pub enum Command {
    /// Ask the parameters source; report [`Report::Parameters`] or [`Report::Failed`].
    Ask {
        /// The job to report about.
        job: JobId,
        /// The file it is for.
        file: FileId,
        /// The question.
        ask: Ask,
    },
    /// Send the whole file; report progress, [`Report::BodySent`], then [`Report::Answer`] or [`Report::Failed`].
    Send {
        /// The job to report about.
        job: JobId,
        /// The file to send.
        file: FileId,
        /// Where and how.
        parameters: Rc<UploadParameters>,
    },
    /// Stop that job at once and drop what it holds. Nothing is to be reported.
    Abort {
        /// The job to stop.
        job: JobId,
    },
}

/// What a job did.
#[derive(Clone, Debug)]
pub enum Report {
    /// The host answered and its answer was checked.
    Parameters(Box<UploadParameters>),
    /// So many bytes *of the file* have left since the request began.
    Progress(u64),
    /// The last byte has left.
    BodySent,
    /// S3 answered, with whatever status.
    Answer(Box<Answer>),
    /// There was no answer, or none from the host that can be used.
    Failed(Failure),
}

/// Something an application may want to know. Files are named by id; ask the engine for a snapshot.
#[derive(Clone, Debug)]
pub enum UploadEvent {
    /// A file was taken in. Not emitted for rejected files.
    FileAdded(FileId),
    /// A file is gone; its last snapshot. Emitted for each file of `cancel_all` too, after [`Self::CancelAll`].
    FileRemoved(Box<UploadFile>),
    /// An upload begins: a call of `upload`, or a retry.
    Upload {
        /// Its id.
        upload: UploadId,
        /// The files in it.
        files: Vec<FileId>,
    },
    /// A file was paused or let go on by `pause` or `resume`. Not emitted by the `_all` verbs.
    UploadPause {
        /// The file.
        file: FileId,
        /// Whether it is held now.
        paused: bool,
    },
    /// The application asked to try a failed file again. Not emitted for automatic retries.
    UploadRetry(FileId),
    /// No progress for the stall deadline; the attempt was aborted. The retry loop decides what follows.
    UploadStalled {
        /// The file.
        file: FileId,
        /// The failure, `network.stall`.
        failure: Failure,
    },
    /// S3 confirmed the object.
    UploadSuccess(FileId),
    /// Given up: see the snapshot's failure. Not emitted for attempts that are tried again.
    UploadError(FileId),
    /// Every file of an upload is done, failed or removed.
    Complete {
        /// The upload.
        upload: UploadId,
        /// Files S3 confirmed, in that order.
        successful: Vec<FileId>,
        /// Files given up.
        failed: Vec<FileId>,
    },
    /// `cancel_all` was called.
    CancelAll,
    /// `pause_all` was called.
    PauseAll,
    /// `resume_all` was called.
    ResumeAll,
    /// `retry_all` was called.
    RetryAll(Vec<FileId>),
    /// The network is back.
    Online,
    /// The network is gone; files wait.
    Offline,
}

/// One thing to do or to tell.
#[derive(Clone, Debug)]
pub enum Output {
    /// Do this.
    Command(Command),
    /// Tell this.
    Event(UploadEvent),
}

/// What moved since the last look: progress is state, not a queue.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Files whose phase, progress, meta or failure changed; each once; some may be gone.
    pub files: Vec<FileId>,
    /// Whether the totals differ.
    pub totals: bool,
}

impl Changes {
    /// Whether nothing moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && !self.totals
    }
}
