//! What goes in and out of the engine besides its verbs: reports, commands, events, changes.

use alloc::{boxed::Box, rc::Rc, string::String, vec::Vec};

use crate::{
    Answer, Failure, FileId, JobId, Part, PartReceipt, Remote, Resume, UploadFile, UploadId, UploadParameters,
    UploadResponse,
};

/// What the host is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// Parameters to send a whole file with one request: [`Report::Parameters`].
    Whole,
    /// To create a multipart upload: [`Report::Created`].
    Create,
    /// Parameters for parts: [`Report::Signed`], with those of the first number at least.
    Sign {
        /// The upload.
        remote: Rc<Remote>,
        /// The part that is about to start, then those that come next.
        parts: Vec<Part>,
    },
    /// Which parts the store has, of all pages: [`Report::Listed`].
    List {
        /// The upload.
        remote: Rc<Remote>,
    },
    /// To put the parts together: [`Report::Completed`]. Without an upload id and without parts: whether the object under
    /// this key is there, with this size and checksum. A store that keeps what is there said 412 to a file whose answer had
    /// been lost before.
    Complete {
        /// The upload.
        remote: Rc<Remote>,
        /// All parts, numbers rising.
        parts: Vec<PartReceipt>,
        /// Bytes of the whole object.
        size: u64,
        /// Checksum of the whole object in Base64, of the upload's algorithm; empty when it is not known.
        checksum: String,
    },
    /// To forget the upload: [`Report::Aborted`]. What [`Command::AbortUpload`] asks for.
    Abort {
        /// The upload.
        remote: Rc<Remote>,
    },
}

/// A side effect to perform.
#[derive(Clone, Debug)]
pub enum Command {
    /// Ask the parameters source; report what the question names, or [`Report::Failed`].
    Ask {
        /// The job to report about.
        job: JobId,
        /// The file it is for.
        file: FileId,
        /// The question.
        ask: Ask,
    },
    /// Send the file or a part; report progress, [`Report::BodySent`], then [`Report::Answer`] or [`Report::Failed`].
    Send {
        /// The job to report about.
        job: JobId,
        /// The file to send.
        file: FileId,
        /// Where and how.
        parameters: Rc<UploadParameters>,
        /// Which piece of the file; `None` for all of it.
        part: Option<Part>,
    },
    /// Ask the store to forget a multipart upload of a file that may be gone; report [`Report::Aborted`] or
    /// [`Report::Failed`]. Also when the page goes away meanwhile, if that can be had.
    AbortUpload {
        /// The job to report about.
        job: JobId,
        /// The file's last snapshot.
        file: Rc<UploadFile>,
        /// The upload.
        remote: Rc<Remote>,
    },
    /// Fetch what a [bare](crate::Engine::bare) engine lacks, and call [`crate::Engine::equip`].
    Equip,
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
    /// The store knows the multipart upload now.
    Created(Remote),
    /// In answer to [`Ask::Create`]: an earlier page created it already, and the parts listed have this file's bytes.
    Resumed(Box<Resume>),
    /// Addresses for parts, checked.
    Signed(Vec<(u32, Box<UploadParameters>)>),
    /// The parts that the store has.
    Listed(Vec<PartReceipt>),
    /// The store put the parts together.
    Completed(Box<UploadResponse>),
    /// The store forgot the upload, or never knew it.
    Aborted,
    /// Still at it, digesting the file say: the deadline moves, nothing else.
    Busy,
    /// So many bytes *of the file, or of the part* have left since the request began.
    Progress(u64),
    /// The last byte has left.
    BodySent,
    /// S3 answered, with whatever status.
    Answer(Box<Answer>),
    /// There was no answer, or none from the host that can be used.
    Failed(Failure),
}

/// Something an application may want to know. Files are named by id; ask the engine for a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The store knows a multipart upload of this file now; [`crate::Engine::resume_of`] says what it would take to go on
    /// with it another time.
    MultipartCreated(FileId),
    /// The store has a part. Not emitted for parts found in a list.
    PartUploaded {
        /// The file.
        file: FileId,
        /// The part.
        part: PartReceipt,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
