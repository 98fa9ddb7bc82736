//! What one world is like: which faults it knows and how often, what its person does, the options. Each seed leaves about
//! half of everything out ("swarm testing"): a world with everything in it drowns the rare combinations.

use filechute_engine::Options;

use crate::rng::Rng;

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($kind:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($kind,)* }

        impl $name {
            pub(crate) const ALL: &[Self] = &[$(Self::$kind,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$kind => $text,)* }
            }
        }
    };
}

kinds! {
    /// What may happen to a request. The names are those of the fault proxy.
    Fault {
        Stall = "stall",
        Reset = "reset",
        Delay = "delay",
        Slow = "slow",
        Silence = "silence",
        LostAnswer = "lost-answer",
        Truncate = "truncate",
        NoCors = "no-cors",
        Status = "status",
        SlowDown = "slow-down",
        Expired = "expired",
        Skewed = "skewed",
        Denied = "denied",
        InternalError = "internal-error",
        OkWithError = "ok-with-error",
        Redirect = "redirect",
        Garbage = "garbage",
        Html = "html",
    }
}

kinds! {
    /// What a person, the application, the line or the machine does.
    Act {
        Add = "add",
        TakingIn = "taking-in",
        TakenIn = "taken-in",
        Upload = "upload",
        Pause = "pause",
        Resume = "resume",
        PauseAll = "pause-all",
        ResumeAll = "resume-all",
        Retry = "retry",
        RetryAll = "retry-all",
        Remove = "remove",
        CancelAll = "cancel-all",
        SetMeta = "set-meta",
        SetLimit = "set-limit",
        Nudge = "early-timer",
        ClockBack = "clock-back",
        Flush = "flush",
        LineDown = "line-down",
        LineUp = "line-up",
        SayOffline = "say-offline",
        SayOnline = "say-online",
        Sleep = "sleep",
        Nothing = "nothing",
    }
}

/// One world's character.
pub(crate) struct Swarm {
    pub(crate) options: Options,
    pub(crate) faults: Vec<u64>,
    /// Percent of requests that meet a fault.
    pub(crate) trouble: u64,
    pub(crate) acts: Vec<u64>,
    /// Files that are there at the beginning, and under way.
    pub(crate) first_files: u64,
    /// How many acts before the world turns honest.
    pub(crate) steps: u64,
    /// Longest time between two acts in milliseconds.
    pub(crate) pace: u64,
    /// Percent of reports that come twice, out of order, or for a job that was aborted.
    pub(crate) repeats: u64,
    pub(crate) disorder: u64,
    pub(crate) zombies: u64,
    /// The driver's timer may be this late (a throttled tab).
    pub(crate) timer_lag: u64,
    /// Only the store has faults, not the signer.
    pub(crate) good_signer: bool,
    /// Parameters are signed in the page, so that they come without a network.
    pub(crate) local_signer: bool,
    /// The signer names the same key for a file each time.
    pub(crate) stable_keys: bool,
    /// Percent of answers that are forms.
    pub(crate) forms: u64,
    /// Addresses live this long, in milliseconds.
    pub(crate) address_life: u64,
}

impl Swarm {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let ladders: [&[u64]; 5] = [&[0, 1000, 3000, 5000], &[0, 1000, 3000, 5000], &[], &[0], &[200; 20]];
        let options = Options {
            limit: rng.pick(&[1, 1, 2, 2, 3, 6, 0]).unwrap_or(1),
            stall_after_ms: rng.pick(&[30_000, 30_000, 5_000, 90_000, 0]).unwrap_or(0),
            retry_delays_ms: rng.pick(&ladders).unwrap_or_default().to_vec(),
            auto_proceed: rng.percent(30),
            allow_multiple_upload_batches: rng.percent(90),
            ..Options::default()
        };
        let mut weigh = |sure: &[Act], count: usize| -> Vec<u64> {
            let all = (0..count).map(|n| {
                let kept = rng.percent(50) || sure.iter().any(|act| *act as usize == n);
                if kept { rng.range(1, 8) } else { 0 }
            });
            all.collect()
        };
        let mut faults = weigh(&[], Fault::ALL.len());
        let mut acts = weigh(&[Act::Add, Act::Upload, Act::Nothing, Act::LineUp], Act::ALL.len());
        acts[Act::Add as usize] *= 2;
        // It ends everything, and there is little to see for a while.
        acts[Act::CancelAll as usize] = acts[Act::CancelAll as usize].min(1);
        if rng.percent(30) {
            // One kind of trouble and nothing else: an outage.
            let kind = rng.below(Fault::ALL.len() as u64) as usize;
            faults.iter_mut().enumerate().for_each(|(n, weight)| *weight = u64::from(n == kind));
        }
        Self {
            options,
            faults,
            trouble: rng.pick(&[0, 10, 30, 60, 100]).unwrap_or(0),
            acts,
            first_files: rng.range(0, 4),
            steps: rng.range(10, 80),
            pace: rng.pick(&[50, 1_000, 10_000, 60_000]).unwrap_or(1),
            repeats: rng.pick(&[0, 20]).unwrap_or(0),
            disorder: rng.pick(&[0, 20]).unwrap_or(0),
            zombies: rng.pick(&[0, 50, 100]).unwrap_or(0),
            timer_lag: rng.pick(&[0, 0, 1_000, 60_000]).unwrap_or(0),
            good_signer: rng.percent(50),
            local_signer: rng.percent(50),
            stable_keys: rng.percent(50),
            forms: rng.pick(&[0, 50, 100]).unwrap_or(0),
            address_life: rng.pick(&[800_000, 800_000, 20_000, 1_000]).unwrap_or(1),
        }
    }
}
