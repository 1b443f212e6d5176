//! The service worker that keeps this version of the site (`assets/sw.js`), as a page sees it.
//!
//! In: where it lies, as the start script's element says. Out: whether all files are kept, and that a newer version is
//! ready. Never: a newer version put in the place of this one without being asked to.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast as _, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    BroadcastChannel, RegistrationOptions, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration,
    ServiceWorkerState, ServiceWorkerUpdateViaCache,
};

use super::files::{base_url, words};
use super::wire::{OnEvent, on_message};
use super::{clock, device};

/// Asks the service worker which version it keeps.
const ASK_VERSION: &str = "version";
/// Lets the waiting service worker take the place of the one that works.
const TAKE_OVER: &str = "take over";
/// Where tabs ask each other whether they are at work.
const CHANNEL: &str = "reviewlab-at-work";
const WHO_WORKS: &str = "who works?";
const I_DO: &str = "I do";
/// How long other tabs have to say that they are at work.
const MAX_SILENCE_MS: i32 = 400;
/// How often a page that stays open looks for a newer version.
const LOOK_EVERY_MS: i32 = 3_600_000;

/// Whether the site's files are kept for work without a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// This build of the site, or this browser at this address, keeps nothing.
    Never,
    /// They are being fetched.
    Fetching,
    /// All are here.
    Kept,
    /// They cannot be kept, in the browser's words.
    Failed(String),
}

/// What a page learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of the files of this version.
    Keeping(Keeping),
    /// A newer version is here, or has taken over already: a page that is opened anew shows it.
    Newer,
}

/// A page's line to the service worker.
pub struct Offline {
    container: ServiceWorkerContainer,
    registration: ServiceWorkerRegistration,
    /// The person asked for the newer version here.
    is_taking: Rc<Cell<bool>>,
}

type Tell = Rc<dyn Fn(Change)>;

/// Has this version kept, and tells what comes of it. None where nothing is kept.
pub async fn keep(tell: Tell) -> Option<Offline> {
    let found = script_and_version().zip(container());
    let Some(((script, version), container)) = found else {
        tell(Change::Keeping(Keeping::Never));
        return None;
    };
    let options = RegistrationOptions::new();
    options.set_scope(&base_url());
    options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
    let registering = container.register_with_options(&script, &options);
    let registration = match JsFuture::from(registering).await {
        Ok(registration) => registration.unchecked_into::<ServiceWorkerRegistration>(),
        Err(error) => {
            tell(Change::Keeping(Keeping::Failed(words(&error))));
            return None;
        }
    };
    let is_taking = Rc::new(Cell::new(false));
    let offline = Offline { container, registration, is_taking };
    offline.hear_versions(version, tell.clone());
    offline.follow_installs(tell);
    Some(offline)
}

fn script_and_version() -> Option<(String, String)> {
    device::place_of("data-sw").zip(device::place_of("data-version"))
}

/// Browsers have none at addresses that are not secure.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    let container = Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
    container.dyn_into().ok()
}

impl Offline {
    /// What the service worker that works says of its version is compared with this page's.
    fn hear_versions(&self, version: String, tell: Tell) {
        let hear = on_message(move |said| {
            let said = Reflect::get(&said, &"version".into()).ok().and_then(|said| said.as_string());
            match said {
                Some(said) if said == version => tell(Change::Keeping(Keeping::Kept)),
                Some(_) => tell(Change::Newer),
                None => {}
            }
        });
        self.container.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        let (is_taking, registration) = (self.is_taking.clone(), self.registration.clone());
        let changed = OnEvent::new(move |_| {
            if is_taking.get() {
                device::reload();
            } else {
                ask_version(&registration);
            }
        });
        self.container.set_oncontrollerchange(Some(changed.as_ref().unchecked_ref()));
        // For as long as the page is open.
        hear.forget();
        changed.forget();
        ask_version(&self.registration);
    }

    fn follow_installs(&self, tell: Tell) {
        if self.registration.waiting().is_some() {
            tell(Change::Newer);
        }
        follow_install(&self.registration, &tell);
        let registration = self.registration.clone();
        let found = OnEvent::new(move |_| follow_install(&registration, &tell));
        self.registration.set_onupdatefound(Some(found.as_ref().unchecked_ref()));
        found.forget();
        let registration = self.registration.clone();
        spawn_local(async move {
            loop {
                clock::sleep(LOOK_EVERY_MS).await;
                // Without a network there is nothing newer to be had.
                if let Ok(looking) = registration.update() {
                    JsFuture::from(looking).await.ok();
                }
            }
        });
    }

    /// Shows the newer version: here at once, in other tabs when they are opened anew.
    pub fn take_over(&self) {
        match self.registration.waiting() {
            Some(waiting) => {
                self.is_taking.set(true);
                waiting.post_message(&TAKE_OVER.into()).expect("a text can be posted");
            }
            None => device::reload(),
        }
    }
}

/// Gives the service worker up; pages opened from now on do without, until one has registered it again.
pub async fn forget() {
    let Some(container) = container() else { return };
    let Ok(found) = JsFuture::from(container.get_registration_with_document_url(&base_url())).await else {
        return;
    };
    let Ok(registration) = found.dyn_into::<ServiceWorkerRegistration>() else { return };
    if let Ok(leaving) = registration.unregister() {
        JsFuture::from(leaving).await.ok();
    }
}

fn ask_version(registration: &ServiceWorkerRegistration) {
    if let Some(active) = registration.active() {
        active.post_message(&ASK_VERSION.into()).expect("a text can be posted");
    }
}

/// Tells how the service worker that is being installed fares.
fn follow_install(registration: &ServiceWorkerRegistration, tell: &Tell) {
    let Some(installing) = registration.installing() else { return };
    let is_first = registration.active().is_none();
    if is_first {
        tell(Change::Keeping(Keeping::Fetching));
    }
    let (worker, tell) = (installing.clone(), tell.clone());
    let changed = OnEvent::new(move |_| {
        if let Some(change) = change_of(&worker, is_first) {
            tell(change);
        }
    });
    installing.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
    changed.forget();
}

fn change_of(worker: &ServiceWorker, is_first: bool) -> Option<Change> {
    const REFUSED: &str = "a file of this version could not be fetched or kept";
    match (worker.state(), is_first) {
        (ServiceWorkerState::Installed, false) => Some(Change::Newer),
        // Its version is asked for once it works.
        (ServiceWorkerState::Redundant, true) => Some(Change::Keeping(Keeping::Failed(REFUSED.to_owned()))),
        _ => None,
    }
}

/// Tabs of this site that tell each other whether they are at work.
pub struct AtWork {
    channel: Option<BroadcastChannel>,
    others: Rc<Cell<bool>>,
}

impl AtWork {
    /// Answers other tabs with what `is_working` says, for as long as the page is open.
    pub fn answer(is_working: impl Fn() -> bool + 'static) -> Self {
        let channel = BroadcastChannel::new(CHANNEL).ok();
        let others = Rc::new(Cell::new(false));
        if let Some(channel) = &channel {
            let (answers, others) = (channel.clone(), others.clone());
            let hear = on_message(move |word| match word.as_string().as_deref() {
                Some(WHO_WORKS) if is_working() => {
                    // A closed channel has nobody to tell.
                    answers.post_message(&I_DO.into()).ok();
                }
                Some(I_DO) => others.set(true),
                _ => {}
            });
            channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            hear.forget();
        }
        Self { channel, others }
    }

    /// Whether another tab is at work.
    pub async fn is_elsewhere(&self) -> bool {
        let Some(channel) = &self.channel else { return false };
        self.others.set(false);
        if channel.post_message(&WHO_WORKS.into()).is_err() {
            return false;
        }
        clock::sleep(MAX_SILENCE_MS).await;
        self.others.get()
    }
}

/// Calls `tell` now and whenever the browser begins or ends to offer that the site be installed as an app.
pub fn follow_install_offer(tell: impl Fn(bool) + 'static) {
    tell(device::install_offer().is_some());
    let hear = Closure::<dyn FnMut()>::new(move || tell(device::install_offer().is_some()));
    let window = web_sys::window().expect("the app runs in a window");
    window
        .add_event_listener_with_callback(device::INSTALL_EVENT, hear.as_ref().unchecked_ref())
        .expect("a window takes listeners");
    hear.forget();
}

/// Shows the browser's own question whether to install the site as an app.
pub async fn install() {
    let Some(offer) = device::install_offer() else { return };
    let prompt = Reflect::get(&offer, &"prompt".into()).ok().and_then(|prompt| prompt.dyn_into().ok());
    let Some(prompt): Option<js_sys::Function> = prompt else { return };
    if let Ok(asking) = prompt.call0(&offer) {
        // Whatever the person answers, the browser tells of by itself.
        JsFuture::from(Promise::resolve(&asking)).await.ok();
    }
    device::forget_install_offer();
}
