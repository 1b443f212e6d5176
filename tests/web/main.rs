//! Services in a real browser: workers that die, tabs that compete, files in slices.
#![cfg(target_arch = "wasm32")]
// clippy does not know `wasm_bindgen_test` functions as tests.
#![allow(clippy::unwrap_used)]

mod same_numbers;
mod pool;
mod reactive;
mod store;
mod files;
mod later;
mod markup;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
