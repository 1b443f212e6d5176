//! How the page's program is compiled where its weight counts.
//! In: whether the sources of Rust's standard library are there. Out: settings for cargo, which trunk starts, as
//! variables of its environment: they add to what .cargo/config.toml says.
//! Never: a setting that a plain `cargo build` or `trunk serve` would need, too.

/// cargo and rustc keep these settings for nightly toolchains; the pinned one has them, and takes them from us.
const ALLOW: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");
/// The standard library is compiled with the program, at its level of optimisation and without what it does not
/// use, instead of linked as it was delivered.
const STANDARD_LIBRARY: &[(&str, &str)] = &[
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
];
/// A panic traps at once: its words are not in the program, and neither is the code that would write them.
/// What Debug writes goes for the same reason; nothing shown or stored may come from it.
const RUSTFLAGS: (&str, &str) = (
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
    "-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none",
);

/// What to add to cargo's environment; nothing where the library's sources are missing.
pub fn environment(has_std_source: bool) -> Vec<(&'static str, &'static str)> {
    if !has_std_source {
        return Vec::new();
    }
    [ALLOW, RUSTFLAGS].into_iter().chain(STANDARD_LIBRARY.iter().copied()).collect()
}
