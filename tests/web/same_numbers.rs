//! The browser's half of a promise: the numbers that the native program gave, bit for bit.

use it::random_work::differences;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn random_studies_give_the_native_programs_numbers() {
    assert_eq!(differences(), Vec::<String>::new());
}
