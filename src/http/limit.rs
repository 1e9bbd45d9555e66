//! How often somebody may knock.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::ApiError;

/// A limit per key that forgets idle keys by itself.
pub struct Limiter<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// After how many checks idle keys are forgotten.
    const TIDY_EVERY: u32 = 4096;

    fn new(quota: Quota) -> Self {
        Self {
            limiter: RateLimiter::keyed(quota),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts one request of `key`; 429 when it is one too many.
    pub fn check(&self, key: &K) -> Result<(), ApiError> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % Self::TIDY_EVERY == Self::TIDY_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|not_until| {
            ApiError::too_many(not_until.wait_time_from(DefaultClock::default().now()))
        })
    }
}

/// The limits of one server.
pub struct Limits {
    /// Sign-in and setup, by peer address: guessing passwords must be hopeless.
    pub sign_in: Limiter<IpAddr>,
    /// Setting a PIN with a one-time code, by peer address.
    pub codes: Limiter<IpAddr>,
    /// Everything else without a valid credential, by peer address.
    pub stranger: Limiter<IpAddr>,
    /// With a valid credential, by the hash of it.
    pub known: Limiter<String>,
    /// Profiles shown to find out whose customer somebody is, by floor: more often than guests come
    /// back, somebody tries numbers out.
    pub recognition: Limiter<String>,
}

const fn nonzero(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl Default for Limits {
    fn default() -> Self {
        let guesses = Quota::with_period(Duration::from_secs(6))
            .expect("not zero")
            .allow_burst(nonzero(10));
        Self {
            sign_in: Limiter::new(guesses),
            codes: Limiter::new(guesses),
            stranger: Limiter::new(Quota::per_second(nonzero(10)).allow_burst(nonzero(60))),
            known: Limiter::new(Quota::per_second(nonzero(1000)).allow_burst(nonzero(4000))),
            recognition: Limiter::new(Quota::per_second(nonzero(2)).allow_burst(nonzero(100))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guesser_is_stopped_and_others_are_not() {
        let limits = Limits::default();
        let guesser = IpAddr::from([192, 0, 2, 1]);
        let refused = (0..30)
            .filter(|_| limits.sign_in.check(&guesser).is_err())
            .count();
        assert!(refused >= 19, "{refused}");
        assert!(limits.sign_in.check(&IpAddr::from([192, 0, 2, 2])).is_ok());
    }

    #[test]
    fn an_enrolled_device_may_burst_two_thousand() {
        let limits = Limits::default();
        assert!((0..2000).all(|_| limits.known.check(&"device".to_owned()).is_ok()));
    }
}
