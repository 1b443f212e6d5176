//! Settings of this device: theme, your name, storage used, the project file, and forgetting everything.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::format;
use super::loadable::{Loadable, begin};
use super::{Shared, tab::Role};
use crate::reactive::State;
use crate::services::device::{self, StorageUse};
pub use crate::services::settings::{MAX_YOUR_NAME, Theme};
use crate::services::{clock, files, offline, project, settings};

/// The word that has to be typed before everything is deleted.
pub const DELETE_WORD: &str = "delete";

/// How a long action of the settings page stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Doing {
    /// None was begun.
    #[default]
    Nothing,
    /// Under way, in words: `Reading the project file`.
    Busy(&'static str),
    /// Done, in one sentence.
    Done(String),
    /// Failed, in one sentence.
    Failed(String),
}

/// The settings. `Copy`; from context by `use_settings`.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Light, dark, or as the device. Set by `set_theme`.
    pub theme: State<Theme>,
    /// The person's name. Set by `set_your_name`.
    pub your_name: State<String>,
    /// Storage used. Read again by `refresh_storage`.
    pub storage: State<Loadable<StorageUse>>,
    /// How the last project file or deletion went.
    pub doing: State<Doing>,
    shared: Shared,
}

impl Settings {
    /// Shows and keeps a theme.
    pub fn set_theme(self, theme: Theme) {
        settings::set_theme(theme);
        self.theme.set(theme);
    }

    /// Keeps the person's name; an empty one is `me`.
    pub fn set_your_name(self, name: &str) {
        self.your_name.set(settings::set_your_name(name));
    }

    /// Asks the browser what this site stores.
    pub fn refresh_storage(self) {
        begin(self.storage);
        spawn_local(async move {
            let result = device::storage_use().await.map(Some);
            self.storage.set(Loadable::from_result(result));
        });
    }

    /// Asks the browser not to clear this site's storage by itself.
    pub fn ask_to_persist(self) {
        spawn_local(async move {
            device::ask_to_persist().await;
            self.refresh_storage();
        });
    }

    /// Offers all records and blobs as one project file.
    pub fn download_project(self) {
        self.doing.set(Doing::Busy("Writing the project file"));
        spawn_local(async move {
            let services = self.shared.get();
            let date = format::date_time(clock::now(), clock::offset_minutes());
            let name = format!("reviewlab-{}.reviewlab", &date[..10]);
            self.doing.set(match project::download(&services.store, &name).await {
                Ok(n_bytes) => Doing::Done(format!("'{name}' has {}.", format::bytes(n_bytes))),
                Err(error) => Doing::Failed(error.to_string()),
            });
        });
    }

    /// Adds everything a project file holds to what is here; what is here already stays as it is.
    pub fn open_project(self, file: files::File) {
        self.doing.set(Doing::Busy("Reading the project file"));
        spawn_local(async move {
            let services = self.shared.get();
            self.doing.set(match project::open(&services.store, file.into()).await {
                Ok(sentence) => Doing::Done(sentence),
                Err(error) => Doing::Failed(error.to_string()),
            });
            self.refresh_storage();
        });
    }

    /// Whether the typed word allows the deletion.
    pub fn is_delete_word(typed: &str) -> bool {
        typed.trim().eq_ignore_ascii_case(DELETE_WORD)
    }

    /// Deletes databases, caches and local storage, then begins the page anew.
    pub fn delete_everything(self) {
        self.doing.set(Doing::Busy("Deleting"));
        spawn_local(async move {
            let services = self.shared.get();
            if services.store.role().get_untracked() == Role::Reader {
                return self.doing.set(Doing::Failed(storage::StoreError::ReadOnly.to_string()));
            }
            // Nothing under way may store anything after this; and what cannot be deleted keeps nothing else.
            services.under_way.abandon_all();
            // One that works on would fill the caches again.
            offline::forget().await;
            let caches = device::erase_caches().await;
            let records = services.store.erase().await;
            settings::erase();
            match caches.and(records) {
                Ok(()) => device::reload_at_base(),
                Err(error) => self.doing.set(Doing::Failed(error.to_string())),
            }
        });
    }
}

pub(super) fn provide_settings(shared: Shared) -> Settings {
    let settings = Settings {
        theme: State::new(settings::theme()),
        your_name: State::new(settings::your_name()),
        storage: State::new(Loadable::Nothing),
        doing: State::new(Doing::Nothing),
        shared,
    };
    provide_context(settings);
    settings
}

/// The settings.
pub fn use_settings() -> Settings {
    use_context().expect("`provide_app_state` in `App` provides the settings")
}

/// The address of a file of this site, whatever its base path.
pub fn site_base() -> String {
    files::base_path()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_itself_deletes() {
        assert!(Settings::is_delete_word(" Delete "));
        assert!(!Settings::is_delete_word("delet"));
        assert!(!Settings::is_delete_word(""));
    }
}
