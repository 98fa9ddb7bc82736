//! Numbers of the retry loop: jitter and the budget all files share.

/// A small generator for jitter (xorshift32). Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Jitter(u32);

impl Jitter {
    pub(crate) const fn new(seed: u32) -> Self {
        // Zero is the one state xorshift never leaves.
        Self(seed ^ 0x9E37_79B9 | 1)
    }

    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// `ms` give or take a half, so that many files do not come back in step.
    pub(crate) fn spread(&mut self, ms: u64) -> u64 {
        let part = u64::from(self.next() % 1024);
        (ms / 2).saturating_add(ms.saturating_mul(part) / 1024)
    }
}

/// A token bucket shared by all files, so that an outage does not multiply the traffic. The numbers are those of the
/// AWS SDKs' standard retry mode.
#[derive(Clone, Debug)]
pub(crate) struct Budget(u32);

impl Budget {
    const FULL: u32 = 500;
    const RETRY: u32 = 5;
    const AFTER_TIMEOUT: u32 = 10;

    pub(crate) const fn new() -> Self {
        Self(Self::FULL)
    }

    /// Takes what one retry costs, or says that nothing is left.
    pub(crate) fn spend(&mut self, after_timeout: bool) -> bool {
        let cost = if after_timeout { Self::AFTER_TIMEOUT } else { Self::RETRY };
        match self.0.checked_sub(cost) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// A success gives back what a retry costs.
    pub(crate) fn refund(&mut self) {
        self.0 = self.0.saturating_add(Self::RETRY).min(Self::FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_a_half() {
        let mut jitter = Jitter::new(7);
        for _ in 0..10_000 {
            assert!((500..=1500).contains(&jitter.spread(1000)));
        }
        assert_eq!(jitter.spread(0), 0);
        assert!(jitter.spread(u64::MAX) > 0);
    }

    #[test]
    fn the_budget_runs_dry_and_fills_again() {
        let mut budget = Budget::new();
        assert_eq!((0..1000).filter(|_| budget.spend(false)).count(), 100);
        budget.refund();
        assert!(budget.spend(false) && !budget.spend(false));
    }
}
