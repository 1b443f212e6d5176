//! What this site has asked the network for since the page was opened, as the browser notes it.
//!
//! In: the browser's own list, the page's and, as far as they answer, those of its workers. Out: addresses, and whether
//! each is this site's. Never: a request of its own, but to ask which policy the host sends.

use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, PerformanceObserver, PerformanceObserverInit, Response};

use super::wire::{OnEvent, on_message};
use super::{device, files};

/// Where a page asks its workers for their lists (`assets/worker.js`, `assets/sw.js`).
const CHANNEL: &str = "reviewlab-requests";
const WHICH: &str = "which?";
/// The browser's list holds as many; `assets/boot.js` asks for that.
pub const MAX_REQUESTS: usize = 5_000;
const POLICY: &str = "content-security-policy";

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// This page.
    Page,
    /// A background worker of this site.
    Worker,
    /// The service worker of this site.
    ServiceWorker,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Who asked.
    pub asker: Asker,
    /// What for.
    pub address: String,
}

/// Requests as they become known; ends with its owner.
pub struct Watching {
    observer: Option<PerformanceObserver>,
    channel: Option<BroadcastChannel>,
    _on_entries: Closure<dyn FnMut()>,
    _on_message: OnEvent,
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

/// Tells of all requests, those from before included; some are told of more than once.
pub fn watch(tell: Rc<dyn Fn(Vec<Seen>)>) -> Watching {
    let told = tell.clone();
    let on_entries = Closure::<dyn FnMut()>::new(move || told(of_page()));
    let observer = PerformanceObserver::new(on_entries.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        let kinds = Array::of1(&"resource".into());
        observer.observe(&PerformanceObserverInit::new(&kinds));
    }
    let channel = BroadcastChannel::new(CHANNEL).ok();
    let told = tell.clone();
    let on_message = on_message(move |said| told(of_worker(&said)));
    if let Some(channel) = &channel {
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // A closed channel has nobody to ask.
        channel.post_message(&WHICH.into()).ok();
    }
    tell(of_page());
    tell(of_workers_before());
    Watching { observer, channel, _on_entries: on_entries, _on_message: on_message }
}

fn of_page() -> Vec<Seen> {
    let Some(performance) = web_sys::window().and_then(|window| window.performance()) else {
        return Vec::new();
    };
    let kinds = ["navigation", "resource"].map(|kind| performance.get_entries_by_type(kind));
    let entries = kinds.iter().flat_map(|kind| kind.iter());
    entries.filter_map(|entry| seen(Asker::Page, &text_of(&entry, "name")?)).collect()
}

/// What workers told since the page was opened, those that are gone included (`assets/boot.js`).
fn of_workers_before() -> Vec<Seen> {
    let window = JsValue::from(web_sys::window());
    let boot = Reflect::get(&window, &"reviewlab".into()).unwrap_or_default();
    let said = Reflect::get(&boot, &"asked".into()).map(|said| Array::from(&said)).unwrap_or_default();
    said.iter().flat_map(|said| of_worker(&said)).collect()
}

fn of_worker(said: &JsValue) -> Vec<Seen> {
    let asker = match text_of(said, "by").as_deref() {
        Some("worker") => Asker::Worker,
        Some("service worker") => Asker::ServiceWorker,
        _ => return Vec::new(),
    };
    let names = Reflect::get(said, &"names".into()).map(|names| Array::from(&names)).unwrap_or_default();
    names.iter().filter_map(|name| seen(asker, &name.as_string()?)).collect()
}

/// What a worker begins with is made by the page: no network is asked for it.
fn seen(asker: Asker, address: &str) -> Option<Seen> {
    (!address.starts_with("blob:")).then(|| Seen { asker, address: address.to_owned() })
}

fn text_of(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}

/// The origin of this site: `https://example.org`.
pub fn own_origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// The policy that stands in the page.
pub fn policy_of_page() -> Option<String> {
    let document = web_sys::window()?.document()?;
    let meta = document.query_selector("meta[http-equiv='Content-Security-Policy']").ok()??;
    meta.get_attribute("content")
}

/// The policy that the host sends with the service worker's script; none where it sends none.
///
/// # Errors
/// Where the host does not answer.
pub async fn policy_of_host() -> Result<Option<String>, String> {
    let place = device::place_of("data-sw").unwrap_or_default();
    let url =
        web_sys::Url::new_with_base(&place, &files::base_url()).map_err(|error| files::words(&error))?;
    let window = web_sys::window().expect("the app runs in a window");
    let options = Object::new();
    Reflect::set(&options, &"method".into(), &"HEAD".into()).expect("a plain object takes any field");
    let fetch: Function = Reflect::get(&window, &"fetch".into())
        .and_then(|fetch| fetch.dyn_into())
        .map_err(|error| files::words(&error))?;
    let asked = fetch.call2(&window, &url.href().into(), &options).map_err(|error| files::words(&error))?;
    let answer = JsFuture::from(Promise::resolve(&asked)).await.map_err(|error| files::words(&error))?;
    let answer: Response = answer.dyn_into().map_err(|error| files::words(&error))?;
    Ok(answer.headers().get(POLICY).ok().flatten())
}
