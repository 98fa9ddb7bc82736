//! How often one address may ask: a token bucket for each, in a table that cannot grow for ever.
//!
//! Kept in this process: with several instances each allows the rate. It spares the store and the signer, it is not a
//! quota. (A few lines of our own: the crates for this bring a second clock, a sharded map or a background task.)

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::config::Config;
use crate::{ApiError, client};

/// Most addresses told apart; more share one bucket.
const MAX_ADDRESSES: usize = 50_000;

/// Requests of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// In the long run.
    pub per_minute: u32,
    /// At once, after a pause.
    pub burst: u32,
}

impl RateLimit {
    /// Reads `600`, or with a burst `600/100`.
    pub fn parse(text: &str) -> Option<Self> {
        let (rate, burst) = text.split_once('/').unwrap_or((text, text));
        let limit = Self { per_minute: rate.trim().parse().ok()?, burst: burst.trim().parse().ok()? };
        (limit.per_minute > 0 && limit.burst > 0).then_some(limit)
    }
}

/// The buckets. Of each only the moment is kept at which it would be full again.
#[derive(Debug)]
struct Limiter {
    interval: Duration,
    depth: Duration,
    most: usize,
    full_at: Mutex<HashMap<Option<IpAddr>, Instant>>,
}

impl Limiter {
    fn new(limit: RateLimit, most: usize) -> Self {
        let interval = Duration::from_secs(60) / limit.per_minute.max(1);
        Self { interval, depth: interval * limit.burst, most, full_at: Mutex::new(HashMap::new()) }
    }

    /// Takes a token, or says how long to wait for one.
    fn take(&self, who: Option<IpAddr>, now: Instant) -> Result<(), Duration> {
        let mut table = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut who = who.map(network);
        if table.len() >= self.most && !table.contains_key(&who) {
            table.retain(|_, full_at| *full_at > now);
            if table.len() >= self.most {
                who = None;
            }
        }
        let full_at = table.get(&who).map_or(now, |full_at| (*full_at).max(now)) + self.interval;
        let over = full_at.duration_since(now).saturating_sub(self.depth);
        if over.is_zero() {
            table.insert(who, full_at);
            Ok(())
        } else {
            Err(over)
        }
    }
}

/// One subscriber has a whole /64 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// Puts the limit around a router, if there is one. Callers without an address share a bucket.
pub(crate) fn guard(router: Router, config: &Config) -> Router {
    let Some(limit) = config.rate_limit else { return router };
    let (limiter, proxies) = (Arc::new(Limiter::new(limit, MAX_ADDRESSES)), config.trusted_proxies);
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let who = client::address(request.headers(), request.extensions(), proxies);
        let taken = limiter.take(who, Instant::now());
        async move {
            match taken {
                Ok(()) => next.run(request).await,
                Err(wait) => refuse(wait),
            }
        }
    }))
}

fn refuse(wait: Duration) -> Response {
    let text = "s3: too many requests from this address; wait as long as Retry-After says";
    let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", text);
    error.retry_after(wait.as_secs() + 1).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_rate() {
        let limiter = Limiter::new(RateLimit { per_minute: 60, burst: 3 }, 10);
        let (now, who) = (Instant::now(), Some(IpAddr::from([1, 1, 1, 1])));
        for _ in 0..3 {
            limiter.take(who, now).unwrap();
        }
        assert_eq!(limiter.take(who, now), Err(Duration::from_secs(1)));
        assert!(limiter.take(Some(IpAddr::from([1, 1, 1, 2])), now).is_ok());
        assert!(limiter.take(who, now + Duration::from_secs(1)).is_ok());
        assert!(limiter.take(who, now + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn the_table_stays_bounded_and_forgets_the_idle() {
        let limiter = Limiter::new(RateLimit { per_minute: 60, burst: 1 }, 4);
        let now = Instant::now();
        let taken = (0..100).filter(|n| limiter.take(Some(IpAddr::from([1, 1, 1, *n])), now).is_ok()).count();
        assert_eq!(taken, 5);
        assert!(limiter.full_at.lock().unwrap().len() <= 5);
        assert!(limiter.take(Some(IpAddr::from([1, 1, 1, 99])), now + Duration::from_secs(2)).is_ok());
        assert!(limiter.full_at.lock().unwrap().len() <= 4);
    }

    #[test]
    fn an_ipv6_network_is_one_caller() {
        let at = |text: &str| network(text.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(RateLimit::parse("600/100"), Some(RateLimit { per_minute: 600, burst: 100 }));
        for wrong in ["0", "0/5", "5/0", "x/1", "-1", ""] {
            assert_eq!(RateLimit::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn who_is_known_keeps_a_bucket_of_their_own_when_the_table_is_full() {
        let limiter = Limiter::new(RateLimit { per_minute: 60, burst: 2 }, 1);
        let (now, who) = (Instant::now(), Some(IpAddr::from([1, 1, 1, 1])));
        let taken = (0..10).filter(|_| limiter.take(who, now).is_ok()).count();
        assert_eq!((taken, limiter.full_at.lock().unwrap().len()), (2, 1));
    }

    #[test]
    fn whoever_waits_as_long_as_they_are_told_is_let_in() {
        for (wait, told) in [(Duration::ZERO, "1"), (Duration::from_millis(2500), "3")] {
            let answer = refuse(wait);
            assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(answer.headers()["retry-after"], told);
        }
    }
}
