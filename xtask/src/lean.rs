//! How the page's program is compiled where its weight counts.
//! Out: settings for cargo, which trunk starts, as variables of its environment: they add to .cargo/config.toml.
//! Never: a setting that a plain `cargo build` or `trunk serve` would need, too.

/// What to add to cargo's environment where the library's sources are there.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    // cargo and rustc keep the settings below for nightly toolchains; the pinned one has them, and takes them from us.
    ("RUSTC_BOOTSTRAP", "1"),
    // The standard library is compiled with the program, at its level of optimisation and without what it does not
    // use, instead of linked as it was delivered.
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    // A panic traps at once: its words are not in the program, and neither is the code that would write them.
    // What Debug writes goes for the same reason; nothing shown or stored may come from it.
    // The linker leaves a note of who refers to which constant (`site::parts::linked`).
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none -Clink-arg=--emit-relocs",
    ),
];
