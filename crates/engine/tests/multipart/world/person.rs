//! The person at the page: presses everything, leaves it, and in the end lets it finish.

use filechute_engine::{Engine, FileId, JobId, NewFile, Options, Phase, Plan, Time};

use super::{Air, MIB, Next, World, store::digest};

impl World {
    pub(super) fn act(&mut self) {
        let ids: Vec<FileId> = self.engine.file_ids().collect();
        let id = self.rng.pick(&ids).unwrap_or(FileId(1));
        let now = Time(self.now);
        let act = self.rng.range(0, 18);
        self.say(|| format!("act {act} on {id}"));
        match act {
            0 => drop(self.engine.pause(now, id)),
            1 | 2 => drop(self.engine.resume(now, id)),
            3 => self.engine.pause_all(now),
            4 => self.engine.resume_all(now),
            5 => drop(self.engine.retry(now, id)),
            6 => drop(self.engine.retry_all(now)),
            7 if self.rng.percent(30) => drop(self.engine.remove(now, id)),
            8 if self.rng.percent(10) => self.engine.cancel_all(now),
            9 => {
                self.line = false;
                self.engine.on_network(now, false);
            }
            10 | 11 => {
                self.line = true;
                self.engine.on_network(now, true);
            }
            12 => {
                self.slept_at = self.now;
                self.now += self.rng.range(1_000, 3_600_000);
                self.engine.on_deadline(Time(self.now));
            }
            13 => {
                let limit = self.rng.pick(&[1, 2, 6]).unwrap();
                self.limit_fell = true;
                self.engine.set_options(now, Options { limit, ..self.engine.options().clone() });
            }
            15 if self.rng.percent(40) => self.reload(),
            16 => {
                let mut order = ids.clone();
                order.reverse();
                order.push(id);
                self.engine.reorder(&order);
            }
            14 => {
                // A store's clean-up.
                let open: Vec<String> = self.uploads.keys().cloned().collect();
                if let Some(id) = self.rng.pick(&open)
                    && self.rng.percent(20)
                {
                    self.count("restarted");
                    self.uploads.remove(&id);
                }
            }
            _ => {
                let _ = self.engine.upload(now);
            }
        }
    }

    /// The page goes away and comes back: another engine, and of each file what a journal would know. What was in the air
    /// may still arrive, but nobody hears of it.
    fn reload(&mut self) {
        let options = self.engine.options().clone();
        let last = self.engine.file_ids().last().map_or(0, |id| id.0);
        let files: Vec<(NewFile, bool)> = (1..=last)
            .map(FileId)
            .map(|id| {
                let file = self.engine.file(id).filter(|file| file.phase != Phase::Done);
                let Some(file) = file else {
                    return (NewFile { name: format!("gone {id}"), ..NewFile::default() }, false);
                };
                let mut resume = self.engine.resume_of(id);
                if let Some(resume) = &mut resume {
                    match self.rng.range(0, 10) {
                        // Written before the last parts were.
                        0 => drop(resume.parts.pop()),
                        // Damaged: another cut than the one the parts have.
                        1 => {
                            resume.part_size = self.rng.pick(&[MIB, 6 * MIB, 8 * MIB]).unwrap();
                            // Whoever reads a journal looks whether the file has the bytes that it speaks of.
                            let plan = Plan::new(file.size, Some(resume.part_size)).unwrap();
                            resume.parts.retain(|part| {
                                let (start, end) = plan.range(part.number);
                                digest(id, start, end, false).base64() == part.checksum
                            });
                        }
                        _ => {}
                    }
                }
                let kept = resume.is_some();
                self.seen.entry(if kept { "resumed" } else { "reloaded" }).and_modify(|n| *n += 1).or_insert(1);
                (NewFile { name: file.name, size: file.size, resume, ..NewFile::default() }, true)
            })
            .collect();
        let flying: Vec<(JobId, bool)> =
            self.jobs.iter().map(|(job, air)| (*job, matches!(air, Air::Send(..)))).collect();
        for (job, _) in flying.iter().filter(|(_, sends)| *sends) {
            if let (Some(Air::Send(file, part, stamp, ..)), true) = (self.jobs.remove(job), self.rng.percent(20)) {
                self.store_part(stamp, file, part, false);
            }
        }
        self.jobs.clear();
        self.agenda.retain(|_, next| matches!(next, Next::Act));
        self.open.clear();
        let resumed: Vec<&str> =
            files.iter().filter_map(|(file, _)| Some(file.resume.as_ref()?.remote.upload_id.as_str())).collect();
        for (id, upload) in &mut self.uploads {
            // What was owed, and what nobody had heard of yet, is the journal's affair, or the bucket's rule.
            if !resumed.contains(&id.as_str()) {
                upload.failed_aborts += 1;
            }
        }
        // The object may be there already, and a page that comes back cannot know.
        for id in &self.completing {
            *self.unconfirmed.entry(*id).or_default() += 1;
        }
        let seed = self.rng.next() as u32;
        // One that knows of earlier uploads has what they need.
        let bare = self.bare && files.iter().all(|(file, _)| file.resume.is_none());
        self.engine = if bare { Engine::bare(options, seed) } else { Engine::new(options, seed) };
        self.equips = false;
        for (file, kept) in files {
            let id = self.engine.add(Time(self.now), file).unwrap();
            if !kept {
                self.engine.remove(Time(self.now), id);
            }
        }
        while self.engine.poll().is_some() {}
        self.engine.on_network(Time(self.now), self.line);
        let _ = self.engine.upload(Time(self.now));
    }

    /// The faults stop: everything finishes, and after removal nothing is left at the store.
    pub(super) fn calm(&mut self) {
        self.honest = true;
        self.line = true;
        self.engine.on_network(Time(self.now), true);
        self.engine.resume_all(Time(self.now));
        self.drain();
        let end = self.now + 3 * 3_600_000;
        for _ in 0..4 {
            while self.engine.totals().active() > 0 {
                assert!(self.step(), "I9: nothing happens any more: {:?}", self.engine.totals());
                assert!(self.now < end, "I9: no end: {:?}", self.engine.totals());
            }
            self.engine.retry_all(Time(self.now));
            self.drain();
        }
        let done = self.engine.totals().count(Phase::Done) + self.engine.totals().count(Phase::Idle);
        assert_eq!(done, self.engine.totals().files, "I9: {:?}", self.engine.totals());
        self.engine.cancel_all(Time(self.now));
        self.drain();
        while !self.jobs.is_empty() || self.engine.next_deadline().is_some() {
            assert!(self.step(), "I9: the clean-up does not end");
            assert!(self.now < end + 3_600_000, "I9: the clean-up has no end");
        }
        for (id, upload) in &self.uploads {
            let excused = !upload.known || upload.failed_aborts > 0;
            assert!(excused, "I8: upload {id} of file {:?} is left at the store", upload.owner);
        }
    }
}
