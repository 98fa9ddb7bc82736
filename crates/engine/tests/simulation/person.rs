//! The person, the application, the line and the machine: one act at a time.

use filechute_engine::{FileId, NewFile, Options, Phase, Time};

use crate::{swarm::Act, world::World};

/// Files there may be at once; more make runs slow and find nothing more.
const FILES: usize = 8;

impl World {
    pub(crate) fn act(&mut self) {
        let act = self.rng.weighted(&self.swarm.acts).map_or(Act::Nothing, |n| Act::ALL[n]);
        self.books.tally.count(act.name());
        self.person(act);
    }

    fn any_file(&mut self) -> FileId {
        let ids: Vec<FileId> = self.engine.file_ids().collect();
        // Now and then one that is not there.
        if self.rng.percent(5) { FileId(999) } else { self.rng.pick(&ids).unwrap_or(FileId(0)) }
    }

    pub(crate) fn person(&mut self, act: Act) {
        let now = self.time();
        let id = self.any_file();
        self.say(|_| format!("{} {id}", act.name()));
        match act {
            Act::Add => self.add(),
            Act::TakingIn | Act::TakenIn => {
                self.taking_in = matches!(act, Act::TakingIn);
                self.engine.set_taking_in(now, self.taking_in);
            }
            Act::Upload => {
                // Refused where a second batch is not allowed.
                let _ = self.engine.upload(now);
            }
            Act::Pause => {
                let could = self
                    .engine
                    .phase(id)
                    .is_some_and(|phase| !matches!(phase, Phase::Idle | Phase::Done | Phase::Failed | Phase::Paused));
                assert_eq!(self.engine.pause(now, id), could);
            }
            Act::Resume => {
                let could = self.engine.phase(id) == Some(Phase::Paused);
                assert_eq!(self.engine.resume(now, id), could);
            }
            Act::PauseAll => {
                self.engine.pause_all(now);
                assert_eq!(self.engine.totals().active(), 0, "pause_all left something active");
                assert_eq!(self.engine.next_deadline(), None, "a timer though everything is held");
            }
            Act::ResumeAll => {
                for id in self.engine.file_ids().collect::<Vec<_>>() {
                    if self.engine.phase(id) == Some(Phase::Paused) {
                        self.books.let_go(id);
                    }
                }
                self.engine.resume_all(now);
                assert_eq!(self.engine.totals().count(Phase::Paused), 0);
            }
            Act::Retry => {
                let could = self.engine.phase(id) == Some(Phase::Failed);
                assert_eq!(self.engine.retry(now, id).is_some(), could);
            }
            Act::RetryAll => {
                self.engine.retry_all(now);
                assert_eq!(self.engine.totals().count(Phase::Failed), 0);
            }
            Act::Remove => {
                let could = self.engine.phase(id).is_some();
                assert_eq!(self.engine.remove(now, id), could);
            }
            Act::CancelAll => {
                self.engine.cancel_all(now);
                assert_eq!(self.engine.totals().files, 0);
            }
            Act::SetMeta => {
                let could = self.engine.phase(id).is_some();
                let meta = [("caption".to_owned(), format!("{}", self.now))].into();
                assert_eq!(self.engine.set_meta(id, meta), could);
            }
            Act::SetLimit => {
                let limit = self.rng.pick(&[1, 2, 3, 6, 0]).unwrap_or(1);
                let options = Options { limit, ..self.engine.options().clone() };
                self.engine.set_options(now, options);
            }
            Act::Nudge => self.serve_deadline(self.now),
            Act::ClockBack => {
                let back = self.rng.range(1, 100_000);
                self.behind = true;
                self.serve_deadline(self.now.saturating_sub(back));
                self.behind = false;
            }
            Act::Flush => self.flush(),
            Act::LineDown => {
                self.line = false;
                self.cut(50);
                if self.rng.percent(70) {
                    self.engine.on_network(now, false);
                }
            }
            Act::LineUp => {
                self.line = true;
                if self.rng.percent(70) {
                    self.engine.on_network(now, true);
                }
            }
            // The browser's word, true or not.
            Act::SayOffline => self.engine.on_network(now, false),
            Act::SayOnline => self.engine.on_network(now, true),
            Act::Sleep => {
                self.now += self.rng.range(1_000, 7_200_000);
                if self.rng.percent(50) {
                    // The connections did not survive it.
                    self.cut(50);
                }
                self.serve_deadline(self.now);
            }
            Act::Nothing => {}
        }
    }

    fn add(&mut self) {
        if self.books.pages.len() >= FILES {
            return;
        }
        self.added += 1;
        let size = self.rng.pick(&[0, 1, 1_000, 5_000_000, 5 << 30]).unwrap_or(0);
        let name = format!("{}.bin", self.added);
        let file = NewFile { name, size, ..NewFile::default() };
        let again = file.clone();
        let Ok(_) = self.engine.add(Time(self.now), file) else {
            assert!(!self.engine.options().allow_multiple_upload_batches, "a good file was refused");
            return;
        };
        if self.rng.percent(10) {
            assert!(self.engine.add(Time(self.now), again).is_err(), "the same file twice");
        }
    }
}
