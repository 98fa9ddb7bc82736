//! Sums over all files, kept up to date by each change instead of being counted again.

use crate::{Phase, Time};

/// Half-life of the speed's moving average is 2 s, as in Uppy; this is 2 s / ln 2 in milliseconds.
const TIME_CONSTANT_MS: u64 = 2885;
/// Looks closer together than this measure noise.
const SHORTEST_SAMPLE_MS: u64 = 100;

/// Sums over all files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files in the uploader.
    pub files: u32,
    /// By phase: files, and the bytes that were left of them when they came to it.
    pub(crate) counts: [(u32, u64); Phase::COUNT],
    /// Files that an upload was started for.
    pub(crate) started: u32,
    /// Bytes of all files.
    pub bytes_added: u64,
    /// Bytes of the files that an upload was started for, failed ones included.
    pub bytes_total: u64,
    /// Bytes of those that have left, in the present attempt of each.
    pub bytes_uploaded: u64,
    /// Bytes per second, smoothed; 0 when nothing moves.
    pub speed: u64,
    /// Milliseconds left at this speed, when it can be told.
    pub eta_ms: Option<u64>,
    /// Whether the network is believed to be there.
    pub online: bool,
}

impl Totals {
    /// How many files are in that phase.
    #[must_use]
    pub fn count(&self, phase: Phase) -> u32 {
        self.counts.get(phase as usize).map_or(0, |(files, _)| *files)
    }

    /// Files the engine works on without being asked again.
    #[must_use]
    pub fn active(&self) -> u32 {
        let phases = [Phase::Queued, Phase::Preparing, Phase::Sending, Phase::Finishing, Phase::BackingOff];
        phases.into_iter().fold(0, |sum, phase| sum.saturating_add(self.count(phase)))
    }

    /// Whole percents of the started bytes; 100 only when every started file is confirmed.
    #[must_use]
    pub fn percentage(&self) -> u8 {
        if self.started <= self.count(Phase::Done) {
            return if self.started > 0 { 100 } else { 0 };
        }
        let percent = self.bytes_uploaded.saturating_mul(100).checked_div(self.bytes_total).unwrap_or(0);
        u8::try_from(percent.min(99)).unwrap_or(99)
    }

    /// A file of which so much is left to be sent comes to a phase.
    pub(crate) fn comes(&mut self, phase: Phase, left: u64) {
        self.change(phase, 1, left);
    }

    /// The same for one that leaves it. What is left changes meanwhile, but not while a file is paused or has failed.
    pub(crate) fn leaves(&mut self, phase: Phase, left: u64) {
        self.change(phase, u32::MAX, left.wrapping_neg());
    }

    fn change(&mut self, phase: Phase, by: u32, bytes: u64) {
        if let Some((files, left)) = self.counts.get_mut(phase as usize) {
            *files = files.wrapping_add(by);
            *left = left.wrapping_add(bytes);
        }
    }

    /// Bytes that will be sent without anybody being asked again.
    fn left(&self) -> u64 {
        let [.., (_, paused), _, (_, failed)] = self.counts;
        let left = self.bytes_total.wrapping_sub(self.bytes_uploaded).wrapping_sub(paused).wrapping_sub(failed);
        debug_assert!(left <= self.bytes_total, "{self:?}");
        left
    }
}

/// The speed's moving average.
#[derive(Clone, Debug, Default)]
pub(crate) struct Speed {
    /// Bytes that ever moved; never falls, unlike the totals.
    moved: u64,
    sampled: u64,
    sampled_at: Option<Time>,
}

impl Speed {
    pub(crate) fn add(&mut self, bytes: u64) {
        self.moved = self.moved.saturating_add(bytes);
    }

    /// Takes a sample into `totals`. Idle time between uploads does not count.
    pub(crate) fn sample(&mut self, now: Time, totals: &mut Totals) {
        let moving = totals.count(Phase::Sending) > 0;
        if !moving {
            self.sampled_at = None;
            if totals.active() == 0 {
                totals.speed = 0;
                totals.eta_ms = None;
            }
            self.sampled = self.moved;
            return;
        }
        let Some(before) = self.sampled_at else {
            self.sampled_at = Some(now);
            return;
        };
        let elapsed = now.since(before);
        if elapsed < SHORTEST_SAMPLE_MS {
            return;
        }
        let bytes = self.moved.saturating_sub(self.sampled);
        let present = bytes.saturating_mul(1000).checked_div(elapsed).unwrap_or(0);
        let weight = elapsed.saturating_mul(1024).checked_div(elapsed.saturating_add(TIME_CONSTANT_MS)).unwrap_or(1024);
        totals.speed = if totals.speed == 0 {
            present
        } else {
            let old = totals.speed.saturating_mul(1024_u64.saturating_sub(weight));
            old.saturating_add(present.saturating_mul(weight)) / 1024
        };
        let left = totals.left();
        // A tick without new bytes keeps the last estimate: it should not jump about.
        if bytes > 0 {
            totals.eta_ms = left.saturating_mul(1000).checked_div(totals.speed);
        }
        self.sampled = self.moved;
        self.sampled_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_settles_on_the_line_and_the_estimate_stays_when_nothing_moves() {
        let mut totals = Totals { bytes_total: 10_000_000, ..Totals::default() };
        totals.comes(Phase::Sending, 0);
        let mut speed = Speed::default();
        for tick in 0..300 {
            speed.add(100_000);
            totals.bytes_uploaded = 0;
            speed.sample(Time(tick * 100), &mut totals);
        }
        assert!((950_000..=1_050_000).contains(&totals.speed), "{}", totals.speed);
        let before = totals.eta_ms;
        speed.sample(Time(30_100), &mut totals);
        assert_eq!(totals.eta_ms, before);
        totals.leaves(Phase::Sending, 0);
        totals.comes(Phase::Done, 0);
        speed.sample(Time(30_200), &mut totals);
        assert_eq!((totals.speed, totals.eta_ms), (0, None));
    }
}
