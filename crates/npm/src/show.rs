//! How the engine's values look when they leave: lists whose places `shapes.js` knows.

use filechute_engine::{
    Ask, Class, Command, Failure, FileId, Output, Part, PartReceipt, Phase, Rejection, RejectionReason, Remote, Totals,
    UploadEvent, UploadFile, UploadParameters, UploadResponse,
};

use crate::{rare, wire::Writer};

/// Those that files are counted by, in the order of `shapes.js`.
const PHASES: [Phase; 8] = [
    Phase::Idle,
    Phase::Queued,
    Phase::Preparing,
    Phase::Sending,
    Phase::Finishing,
    Phase::Paused,
    Phase::Done,
    Phase::Failed,
];

impl Writer {
    pub(crate) fn file(&mut self, file: &UploadFile) {
        self.list(14);
        self.small(file.id.0);
        self.text(&file.name);
        self.text(&file.mime);
        self.size(file.size);
        #[allow(clippy::cast_precision_loss)]
        self.number(file.last_modified as f64);
        self.maybe(file.relative_path.as_deref(), Self::text);
        self.meta(&file.meta);
        self.text(file.phase.name());
        self.size(file.bytes_uploaded);
        self.small(u32::from(file.percentage()));
        self.maybe(file.started_ms, Self::size);
        self.small(file.retries);
        self.maybe(file.failure.as_ref(), Self::failure);
        self.maybe(file.response.as_ref(), Self::response);
    }

    pub(crate) fn meta(&mut self, meta: &filechute_engine::Meta) {
        self.list(meta.len().saturating_mul(2));
        for (name, value) in meta.iter() {
            self.text(name);
            self.text(value);
        }
    }

    pub(crate) fn failure(&mut self, failure: &Failure) {
        self.list(7);
        self.text(failure.kind.name());
        self.text(&failure.code);
        self.small(u32::from(failure.status));
        self.text(&failure.message);
        self.flag(failure.retryable());
        self.text(&failure.help);
        self.maybe(failure.limit, Self::size);
    }

    /// As a driver hands it back in a report.
    pub(crate) fn failure_in_full(&mut self, failure: &Failure) {
        self.list(6);
        self.text(failure.kind.name());
        self.text(&failure.code);
        self.text(match failure.class {
            Class::Retry => "retry",
            Class::Slow => "slow",
            Class::Resign => "resign",
            Class::Final => "final",
        });
        self.text(&failure.message);
        self.small(u32::from(failure.status));
        self.size(failure.retry_after_ms);
    }

    pub(crate) fn response(&mut self, response: &UploadResponse) {
        self.list(9);
        self.small(u32::from(response.status));
        for text in [
            &response.upload_url,
            &response.location,
            &response.key,
            &response.bucket,
            &response.etag,
            &response.checksum,
            &response.public_url,
        ] {
            self.text(text);
        }
        self.maybe(response.verified, |out, algorithm| out.text(algorithm.name()));
    }

    /// Code, then what its text needs: a greatest and a least size or number, and the types that are allowed.
    pub(crate) fn rejection(&mut self, rejection: &Rejection) {
        let (mut max, mut min, mut allowed) = (None, None, None);
        match &rejection.reason {
            RejectionReason::TooBig { max: size } | RejectionReason::Total { max: size } => max = Some(*size),
            RejectionReason::TooSmall { min: size } => min = Some(*size),
            RejectionReason::Count { max: count } => max = Some(u64::from(*count)),
            RejectionReason::MinCount { min: count } => min = Some(u64::from(*count)),
            RejectionReason::Type { allowed: types } => allowed = Some(types.as_str()),
            _ => {}
        }
        self.list(4);
        self.text(rejection.reason.code());
        self.maybe(max, Self::size);
        self.maybe(min, Self::size);
        self.maybe(allowed, Self::text);
    }

    pub(crate) fn ids(&mut self, ids: &[FileId]) {
        self.list(ids.len());
        for id in ids {
            self.small(id.0);
        }
    }

    pub(crate) fn totals(&mut self, totals: &Totals) {
        self.list(10);
        self.small(totals.files);
        self.small(totals.active());
        for bytes in [totals.bytes_added, totals.bytes_uploaded, totals.bytes_total] {
            self.size(bytes);
        }
        self.small(u32::from(totals.percentage()));
        self.size(totals.speed);
        self.maybe(totals.eta_ms, Self::size);
        self.flag(totals.online);
        self.list(PHASES.len());
        for phase in PHASES {
            self.small(totals.count(phase));
        }
    }

    pub(crate) fn remote(&mut self, remote: &Remote) {
        self.list(4);
        for text in [&remote.upload_id, &remote.key, &remote.bucket] {
            self.text(text);
        }
        self.maybe(remote.checksum, |out, algorithm| out.text(algorithm.name()));
    }

    pub(crate) fn part(&mut self, part: &Part) {
        self.list(3);
        self.small(part.number);
        self.size(part.start);
        self.size(part.end);
    }

    pub(crate) fn receipt(&mut self, part: &PartReceipt) {
        self.list(4);
        self.small(part.number);
        self.size(part.size);
        self.text(&part.etag);
        self.text(&part.checksum);
    }

    pub(crate) fn parameters(&mut self, parameters: &UploadParameters) {
        self.list(4);
        self.text(parameters.method.name());
        self.text(parameters.url.href());
        for pairs in [&parameters.fields, &parameters.headers] {
            self.pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        }
    }

    pub(crate) fn output(&mut self, output: &Output) {
        match output {
            Output::Command(command) => self.command(command),
            Output::Event(event) => self.event(event),
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Ask { job, file, ask } => {
                self.list(4);
                self.text("ask");
                self.small(job.0);
                self.small(file.0);
                match (ask, rare::loaded()) {
                    (Ask::Whole, _) | (_, None) => {
                        self.list(1);
                        self.text("whole");
                    }
                    (ask, Some(rare)) => (rare.ask)(ask, self),
                }
            }
            Command::Send { job, file, parameters, part } => {
                self.list(5);
                self.text("send");
                self.small(job.0);
                self.small(file.0);
                self.parameters(parameters);
                self.maybe(part.as_ref(), Self::part);
            }
            Command::AbortUpload { job, file, remote } => {
                self.list(4);
                self.text("abortUpload");
                self.small(job.0);
                self.file(file);
                self.remote(remote);
            }
            Command::Equip => {
                self.list(1);
                self.text("equip");
            }
            Command::Abort { job } => {
                self.list(2);
                self.text("abort");
                self.small(job.0);
            }
        }
    }

    fn event(&mut self, event: &UploadEvent) {
        let (name, id) = match event {
            UploadEvent::FileAdded(id) => ("file-added", Some(*id)),
            UploadEvent::UploadRetry(id) => ("upload-retry", Some(*id)),
            UploadEvent::MultipartCreated(id) => ("created", Some(*id)),
            UploadEvent::UploadSuccess(id) => ("upload-success", Some(*id)),
            UploadEvent::UploadError(id) => ("upload-error", Some(*id)),
            UploadEvent::CancelAll => ("cancel-all", None),
            UploadEvent::PauseAll => ("pause-all", None),
            UploadEvent::ResumeAll => ("resume-all", None),
            UploadEvent::Online => ("is-online", None),
            UploadEvent::Offline => ("is-offline", None),
            UploadEvent::FileRemoved(file) => {
                self.list(2);
                self.text("file-removed");
                return self.file(file);
            }
            UploadEvent::Upload { upload, files } => {
                self.list(3);
                self.text("upload");
                self.small(upload.0);
                return self.ids(files);
            }
            UploadEvent::UploadPause { file, paused } => {
                self.list(3);
                self.text("upload-pause");
                self.small(file.0);
                return self.flag(*paused);
            }
            UploadEvent::UploadStalled { file, failure } => {
                self.list(3);
                self.text("upload-stalled");
                self.small(file.0);
                return self.failure(failure);
            }
            UploadEvent::PartUploaded { file, part } => {
                self.list(3);
                self.text("part");
                self.small(file.0);
                return self.receipt(part);
            }
            UploadEvent::Complete { upload, successful, failed } => {
                self.list(4);
                self.text("complete");
                self.small(upload.0);
                self.ids(successful);
                return self.ids(failed);
            }
            UploadEvent::RetryAll(files) => {
                self.list(2);
                self.text("retry-all");
                return self.ids(files);
            }
        };
        self.list(if id.is_some() { 2 } else { 1 });
        self.text(name);
        if let Some(id) = id {
            self.small(id.0);
        }
    }
}
