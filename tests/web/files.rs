//! Files are read by slices; settings come back.

use js_sys::Uint8Array;
use reviewlab::services::settings::{self, Theme};
use reviewlab::services::{files, shelf};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_slice_holds_its_bytes() {
    let blob = shelf::blob_of(&Uint8Array::from(&b"text,rating"[..]));
    assert_eq!(files::slice(&blob, 5, 11).await.unwrap().to_vec(), b"rating");
    assert_eq!(files::slice(&blob, 11, 99).await.unwrap().to_vec(), b"");
}

#[wasm_bindgen_test]
fn settings_come_back_until_they_are_erased() {
    settings::set_theme(Theme::Dark);
    assert_eq!(settings::set_your_name("  Asha "), "Asha");
    assert_eq!((settings::theme(), settings::your_name().as_str()), (Theme::Dark, "Asha"));
    settings::erase();
    assert_eq!((settings::theme(), settings::your_name().as_str()), (Theme::System, "me"));
    settings::set_theme(Theme::System);
}
