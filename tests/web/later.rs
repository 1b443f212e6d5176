//! The second part of a program in two files, as the start script tells of it.

use js_sys::{Object, Reflect};
use reviewlab::services::later;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// The element by which a built page starts.
fn start_script(attributes: &[(&str, &str)]) -> web_sys::Element {
    let document = web_sys::window().unwrap().document().unwrap();
    let script = document.create_element("script").unwrap();
    script.set_attribute("type", "text/plain").unwrap();
    attributes.iter().for_each(|(name, value)| script.set_attribute(name, value).unwrap());
    document.body().unwrap().append_child(&script).unwrap();
    script
}

fn tell(part: &JsValue) {
    let told = Object::new();
    Reflect::set(&told, &"later".into(), part).unwrap();
    Reflect::set(&js_sys::global(), &"reviewlab".into(), &told).unwrap();
}

#[wasm_bindgen_test]
async fn a_part_that_the_page_names_and_the_start_script_does_not_know_is_not_here() {
    tell(&JsValue::UNDEFINED);
    let whole = start_script(&[("data-js", "/a.js")]);
    assert!(later::is_here(), "a program in one file is all here");
    assert_eq!(later::arrival().await, Ok(()));
    whole.remove();
    let parted = start_script(&[("data-js", "/a.js"), ("data-later", "/a_later.wasm")]);
    assert!(!later::is_here(), "an older start script knows of no second part");
    assert!(later::arrival().await.is_err_and(|sentence| sentence.contains("reload")));
    let part = Object::new();
    Reflect::set(&part, &"module".into(), &Object::new()).unwrap();
    tell(&part);
    assert!(later::is_here());
    parted.remove();
    Reflect::delete_property(&js_sys::global().unchecked_into::<Object>(), &"reviewlab".into()).unwrap();
}
