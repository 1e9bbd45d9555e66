//! The machine's clock, read here and nowhere else: everywhere else time is handed in.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::core::time::Millis;

/// What the machine says it is now; 1970 for a machine that is set before it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
pub fn now() -> Millis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
