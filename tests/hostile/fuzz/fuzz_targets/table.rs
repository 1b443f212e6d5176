//! `cargo fuzz run table`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::table(bytes));
