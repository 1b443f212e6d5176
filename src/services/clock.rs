//! The time now and random bytes: the only place the app asks for either.

use js_sys::{Date, Uint8Array};
use track::id::Millis;
use wasm_bindgen::JsCast;
use web_sys::{Crypto, Performance};

/// Bytes of entropy in a record's id.
pub const ID_ENTROPY_BYTES: usize = 10;

/// Milliseconds since 1970 by the device's clock.
pub fn now() -> Millis {
    Millis(Date::now() as u64)
}

/// Milliseconds since the page or the worker was started, with fractions; never goes back.
pub fn elapsed_ms() -> f64 {
    js_sys::Reflect::get(&js_sys::global(), &"performance".into())
        .ok()
        .and_then(|found| found.dyn_into::<Performance>().ok())
        .map_or_else(Date::now, |performance| performance.now())
}

/// Random bytes for a new record's id.
pub fn entropy() -> [u8; ID_ENTROPY_BYTES] {
    let bytes = Uint8Array::new_with_length(ID_ENTROPY_BYTES as u32);
    let crypto = js_sys::Reflect::get(&js_sys::global(), &"crypto".into())
        .ok()
        .and_then(|found| found.dyn_into::<Crypto>().ok());
    let filled = crypto.and_then(|crypto| crypto.get_random_values_with_js_u8_array(&bytes).ok()).is_some();
    if !filled {
        for place in 0..ID_ENTROPY_BYTES as u32 {
            bytes.set_index(place, (js_sys::Math::random() * 256.0) as u8);
        }
    }
    let mut entropy = [0; ID_ENTROPY_BYTES];
    bytes.copy_to(&mut entropy);
    entropy
}

/// Minutes the person's clock is east of Greenwich.
pub fn offset_minutes() -> i32 {
    -(Date::new_0().get_timezone_offset() as i32)
}

/// Resolves after `milliseconds`.
pub async fn sleep(milliseconds: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _reject| {
        let window = web_sys::window().expect("the app runs in a window");
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .expect("a window has timers");
    });
    // The promise is only ever resolved.
    wasm_bindgen_futures::JsFuture::from(promise).await.ok();
}
