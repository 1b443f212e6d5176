//! What a server bears: every number by its name, and what happens there.

use std::time::Duration;

/// Most connections at a time; more wait to be accepted.
pub const MAX_CONNECTIONS: usize = 1_024;
/// Largest head of a request; more is refused with 431.
pub const MAX_HEAD_BYTES: usize = 16 << 10;
/// How long a connection may take for the head of its next request; then it is closed.
pub const HEAD_TIME: Duration = Duration::from_secs(15);
/// How long a body may take to arrive; then it is refused with 408.
pub const BODY_TIME: Duration = Duration::from_secs(10);
/// How long a client may take nothing of its answer; then its connection is closed.
pub const WRITE_TIME: Duration = Duration::from_secs(10);
/// Bytes a second that a client takes at least of a long answer, beside the first `WRITE_TIME`.
pub const MIN_WRITE_RATE: u64 = 16 << 10;
/// KiB of bodies in memory at a time; more wait.
pub const MAX_BUFFERED_KIB: usize = 64 << 10;
/// How long a request may wait for its turn; then it is refused with 503.
pub const WAIT_TIME: Duration = Duration::from_secs(10);
/// Bytes of a body too large that are read and forgotten, so that its sender hears the refusal.
pub const MAX_FORGOTTEN_BYTES: u64 = 64 << 20;
/// Bodies up to this are answered where they arrived; longer ones by a thread of their own, so that nobody waits.
pub const MAX_PROMPT_BYTES: usize = 4 << 10;
/// How long requests in flight may take after the end was asked for; then they are cut.
pub const END_TIME: Duration = Duration::from_secs(30);
/// How often the project file is looked at.
pub const FOLLOW_TIME: Duration = Duration::from_secs(1);
/// Predictors kept ready for the next request, of all models together; more are made anew.
pub const MAX_READY_PREDICTORS: usize = 64;
/// Series of predictions counted by model and class; more are counted as `other`.
pub const MAX_SERIES: usize = 256;
/// Most files of a site, and most bytes of them together; a folder of more is none.
pub const MAX_SITE_FILES: usize = 2_000;
/// See `MAX_SITE_FILES`.
pub const MAX_SITE_BYTES: u64 = 128 << 20;
/// Smaller files are not worth packing.
pub const MIN_PACKED_BYTES: usize = 512;
