//! The most memory this process ever held.
//! In: the system's own account. Out: bytes. Never: an estimate.

use serde_json::{Value, json};

/// Peak of the resident set, in bytes; null on systems that keep no such account in a file.
pub fn peak_bytes() -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    json!(kib.map(|kib| kib * 1024))
}
