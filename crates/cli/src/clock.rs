//! What time it is, and bytes that make ids differ.
//! In: the machine's clock. Out: milliseconds, entropy. Never: anything a result depends on.

use engine::num::ContentHash;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use track::id::Millis;

/// Now.
pub fn now() -> Millis {
    Millis(since_epoch().as_millis() as u64)
}

/// Milliseconds since `begun`.
pub fn elapsed_ms(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

/// Ten bytes that no other process and no other nanosecond has.
pub fn entropy() -> [u8; 10] {
    let nanoseconds = since_epoch().as_nanos().to_le_bytes();
    let process = std::process::id().to_le_bytes();
    let hash = ContentHash::of(&[nanoseconds.as_slice(), process.as_slice()].concat());
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&hash.0[..10]);
    bytes
}

fn since_epoch() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
