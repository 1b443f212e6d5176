//! Notices by the system, where the browser has them and the person allows them.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Whether notices can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// This browser has none.
    Absent,
    /// The person was not asked yet.
    NotAsked,
    /// The person allows them.
    Granted,
    /// The person, or the browser, does not.
    Denied,
}

fn notification() -> Option<Function> {
    Reflect::get(&js_sys::global(), &"Notification".into()).ok()?.dyn_into().ok()
}

/// Whether notices can be shown now.
pub fn permission() -> Permission {
    let Some(notification) = notification() else { return Permission::Absent };
    let said = Reflect::get(&notification, &"permission".into()).ok().and_then(|said| said.as_string());
    match said.as_deref() {
        Some("granted") => Permission::Granted,
        Some("denied") => Permission::Denied,
        _ => Permission::NotAsked,
    }
}

/// Asks the person; what came of it.
pub async fn ask() -> Permission {
    let asked = notification().and_then(|notification| {
        let request: Function =
            Reflect::get(&notification, &"requestPermission".into()).ok()?.dyn_into().ok()?;
        request.call0(&notification).ok()?.dyn_into::<Promise>().ok()
    });
    if let Some(asked) = asked {
        // Whatever was answered stands in `permission`.
        JsFuture::from(asked).await.ok();
    }
    permission()
}

/// Shows a notice; false where it cannot be shown.
pub fn show(title: &str, text: &str) -> bool {
    let shown = || {
        let options = js_sys::Object::new();
        Reflect::set(&options, &"body".into(), &text.into()).ok()?;
        let arguments = js_sys::Array::of2(&JsValue::from_str(title), &options);
        Reflect::construct(&notification()?, &arguments).ok()
    };
    permission() == Permission::Granted && shown().is_some()
}
