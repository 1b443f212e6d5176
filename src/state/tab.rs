//! This tab's place among those that have the app open: the one that writes, or a reader.

use leptos::prelude::*;

use super::Shared;
use crate::reactive::Derived;
pub use crate::services::store::Role;

/// This tab. `Copy`; from context by `use_tab`.
#[derive(Clone, Copy)]
pub struct Tab {
    /// What it may do. A reader shows a banner with `Take over here`.
    pub role: Derived<Role>,
    /// Why it only reads though no other tab writes, in the browser's words.
    pub refusal: Derived<Option<String>>,
    shared: Shared,
}

impl Tab {
    /// Whether another tab writes.
    pub fn is_reader(self) -> bool {
        self.role.get() == Role::Reader
    }

    /// Becomes the writer; the tab that was it becomes a reader and its work stops.
    pub fn take_over(self) {
        self.shared.get().store.take_over();
    }
}

pub(super) fn provide_tab(shared: Shared) -> Tab {
    let services = shared.get();
    let tab = Tab { role: services.store.role(), refusal: services.store.refusal(), shared };
    provide_context(tab);
    tab
}

/// This tab.
pub fn use_tab() -> Tab {
    use_context().expect("`provide_app_state` in `App` provides the tab")
}
