//! `/settings`: theme, your name, storage, project file, and deleting everything.

mod privacy;

use leptos::prelude::*;
use markup::view;

use self::privacy::Privacy;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::components::page_head::PageHead;
use crate::components::states::{Loaded, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived, State};
use crate::services::device::StorageUse;
use crate::services::files;
use crate::state::format;
use crate::state::settings::{DELETE_WORD, Doing, Settings, Theme, use_settings};
use crate::state::site_version::{Keeping, use_site_version};
use crate::state::tab::use_tab;

/// The page.
#[component]
pub fn SettingsPage() -> View {
    let settings = use_settings();
    settings.refresh_storage();
    let busy = Derived::new(move || settings.doing.with(|doing| matches!(doing, Doing::Busy(_))));
    view! {
        <PageHead title="Settings" sub="kept on this device">
            <Button
                label="Download project"
                on_press=move |()| settings.download_project()
                emphasis=Emphasis::Primary
                disabled=busy
            />
        </PageHead>
        <div class="stack">
            <Progress settings />
            <div class="split split--even">
                <Person settings />
                <StorageCard settings />
                <ProjectFile settings busy />
                <OfflineCard />
            </div>
            <Privacy />
            <DeleteEverything settings busy />
        </div>
    }
}

/// How the last long action went.
#[component]
fn Progress(settings: Settings) -> View {
    let shown = move || match settings.doing.get() {
        Doing::Nothing => View::nothing(),
        Doing::Busy(words) => view! { <p class="note">{words}" …"</p> },
        Doing::Done(sentence) => view! { <p class="success">{sentence}</p> },
        Doing::Failed(reason) => view! { <Problem text=reason /> },
    };
    view! {
        <div role="status" aria-live="polite" aria-label="Last action">
            {shown}
        </div>
    }
}

#[component]
fn Person(settings: Settings) -> View {
    let option = move |theme: Theme| {
        let name = match theme {
            Theme::System => "As the device",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        view! {
            <label class="themes__option">
                <input
                    class="choice__box"
                    type="radio"
                    name="theme"
                    value=theme.as_str()
                    prop:checked=move || settings.theme.get() == theme
                    on:change=move |_| settings.set_theme(theme)
                />
                {name}
            </label>
        }
    };
    view! {
        <Card title="You">
            <div class="stack">
                <fieldset>
                    <legend class="choices__legend">"Theme"</legend>
                    <div class="themes">{Theme::ALL.map(option)}</div>
                </fieldset>
                <TextField
                    id="your-name"
                    label="Your name"
                    value=settings.your_name
                    on_type=|_: String| ()
                    on_leave=Callback::new(move |name: String| settings.set_your_name(&name))
                    word=None
                />
                <p class="note note--small">"It stands in the history of models you register."</p>
            </div>
        </Card>
    }
}

#[component]
fn StorageCard(settings: Settings) -> View {
    view! {
        <Card title="Storage">
            <Loaded
                value=settings.storage
                what="storage"
                on_retry=move |()| settings.refresh_storage()
                nothing=|| view! { <p class="note">"Nothing is stored yet."</p> }
                let:storage
            >
                <StorageFigures storage />
            </Loaded>
        </Card>
    }
}

#[component]
fn StorageFigures(storage: StorageUse) -> View {
    let settings = use_settings();
    let share = storage.used_bytes as f64 / storage.quota_bytes.max(1) as f64;
    let kept = if storage.is_persistent {
        view! { <p class="note">"The browser has promised not to clear it by itself."</p> }
    } else {
        view! {
            <p class="note">"The browser may clear it when the device runs out of room."</p>
            <div>
                <Button label="Ask the browser to keep it" on_press=move |()| settings.ask_to_persist() />
            </div>
        }
    };
    view! {
        <div class="stack">
            <p>
                <b>{format::bytes(storage.used_bytes)}</b>
                {format!(" of {} used", format::bytes(storage.quota_bytes))}
            </p>
            <div class="progress" aria-hidden="true">
                <div class="progress__fill" style:transform=format!("scaleX({share:.4})")></div>
            </div>
            {kept}
        </div>
    }
}

#[component]
fn ProjectFile(settings: Settings, busy: Derived<bool>) -> View {
    let tab = use_tab();
    let disabled = move || busy.get() || tab.is_reader();
    view! {
        <Card title="Backup">
            <div class="stack">
                <p class="note">
                    "A " <Term word=Word::ProjectFile /> " holds everything: reviews, runs and models. "
                    "Opening one adds what it holds to what is here."
                </p>
                <div class="field">
                    <label class="field__label" for="project-file">
                        "Project file"
                    </label>
                    <input
                        id="project-file"
                        class="input"
                        type="file"
                        accept=".reviewlab,.zip"
                        prop:disabled=disabled
                        on:change=move |event| {
                            if let Some(file) = files::chosen(&event) {
                                settings.open_project(file);
                            }
                        }
                    />
                </div>
            </div>
        </Card>
    }
}

/// What works without a network, and the way to have the site as an app.
#[component]
fn OfflineCard() -> View {
    let version = use_site_version();
    let kept = move || match version.keeping.get() {
        Keeping::Kept => view! {
            <p class="note">
                "This version of the app is kept on this device: without a network everything works as with one, training included."
            </p>
        },
        Keeping::Unknown | Keeping::Fetching => view! {
            <p class="note">"The app's own files are being fetched once more, to work without a network from then on."</p>
        },
        Keeping::Never => view! {
            <p class="note">
                "Here the browser keeps no files for work without a network. It does so at addresses that begin with https."
            </p>
        },
        Keeping::Failed(reason) => {
            let text = Derived::from(format!(
                "The app is not kept for work without a network ({reason}): reload the page to try again."
            ));
            view! { <Problem text /> }
        }
    };
    view! {
        <Card title="Offline">
            <div class="stack">
                <div role="status" aria-label="Work without a network">
                    {kept}
                </div>
                <Show when=move || version.can_install.get()>
                    <p class="note">"Installed, it has a window and an icon of its own, like any app of this device."</p>
                    <div>
                        <Button label="Install" on_press=move |()| version.install() />
                    </div>
                </Show>
            </div>
        </Card>
    }
}

#[component]
fn DeleteEverything(settings: Settings, busy: Derived<bool>) -> View {
    let tab = use_tab();
    let typed = State::new(String::new());
    let locked = Derived::new(move || {
        busy.get() || tab.is_reader() || !typed.with(|word| Settings::is_delete_word(word))
    });
    view! {
        <Card title="Delete">
            <div class="stack">
                <p class="note">
                    "Reviews, runs, models and settings are removed from this device for good. Download the project first if you may need them again."
                </p>
                <div class="register">
                    <div class="register__name">
                        <TextField
                            id="delete-word"
                            label=format!("Type the word {DELETE_WORD} to confirm")
                            value=typed
                            on_type=move |word: String| typed.set(word)
                            word=None
                        />
                    </div>
                    <Button
                        label="Delete everything on this device"
                        on_press=move |()| settings.delete_everything()
                        emphasis=Emphasis::Danger
                        disabled=locked
                    />
                </div>
            </div>
        </Card>
    }
}
