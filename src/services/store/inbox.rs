//! What the service worker served while nobody wrote is moved into the log by the tab that writes.
//!
//! In: the store's inbox. Out: its records in their collections, and word to all tabs that there are new ones.
//! Never: moved by a reader.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use storage::StoreError;

use super::{Role, StoreService};

impl StoreService {
    /// Moves what is in the inbox, where this tab writes; all of it or nothing, then with the next word of it.
    pub(super) fn collect_later(self: &Rc<Self>) {
        if self.role.get_untracked() != Role::Writer {
            return;
        }
        let service = self.clone();
        spawn_local(async move {
            if service.collect().await > 0 {
                service.changed();
            }
        });
    }

    /// How many answers of the service worker were dropped, because more than so many waited for a tab that writes.
    ///
    /// # Errors
    /// As the store says.
    #[cfg(target_arch = "wasm32")]
    pub async fn dropped_from_inbox(&self) -> Result<(u64, u64), StoreError> {
        Ok((self.opened().await?.n_dropped_from_inbox().await?, storage::MAX_INBOX as u64))
    }

    /// Where there is no service worker there is no inbox.
    ///
    /// # Errors
    /// None.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn dropped_from_inbox(&self) -> Result<(u64, u64), StoreError> {
        Ok((0, 0))
    }

    #[cfg(target_arch = "wasm32")]
    async fn collect(&self) -> usize {
        let Ok(store) = self.opened().await else { return 0 };
        store.collect_inbox().await.unwrap_or(0)
    }

    #[cfg(not(target_arch = "wasm32"))]
    async fn collect(&self) -> usize {
        0
    }
}
