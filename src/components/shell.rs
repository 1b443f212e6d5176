//! The frame of every page: sidebar with its promises, banner of a reading tab, and the page itself.
//! index.html draws the same ahead of the app.

use leptos::ev;
use leptos::prelude::*;
use markup::view;

use super::button::Button;
use super::link::PageLink;
use super::nav::Nav;
use super::new_version::NewVersion;
use super::page_head::provide_visited;
use super::term::{TipLayer, provide_tip};
use crate::markup::{Children, ElementRef, Show, View};
use crate::reactive::follow;
use crate::router::use_router;
use crate::state::format;
use crate::state::lab::use_lab;
use crate::state::loadable::Loadable;
use crate::state::runs::use_runs;
use crate::state::sample_flow::use_sample_flow;
use crate::state::settings::use_settings;
use crate::state::site_version::use_site_version;
use crate::state::tab::use_tab;

/// The frame around the pages.
#[component]
pub fn Shell(
    /// The page.
    children: Children,
) -> View {
    provide_tip();
    provide_visited();
    go_where_asked();
    let runs = use_runs();
    runs.want_count();
    let version = use_site_version();
    let main = ElementRef::new(None);
    let skip = move |event: ev::MouseEvent| {
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            // A page without a focusable main keeps the focus where it was.
            main.focus().ok();
        }
    };
    view! {
        <a class="skip-link" href="#main" on:click=skip>
            "Skip to content"
        </a>
        <div class="shell">
            <header class="sidebar">
                <Brand />
                <Nav n_runs=runs.n_runs.into() />
                <Promises />
            </header>
            <main class="main" id="main" tabindex="-1" node_ref=main>
                <ReadingBanner />
                {View::live(move || if version.is_newer_ready.get() { NewVersion() } else { View::nothing() })}
                {children()}
            </main>
        </div>
        <TipLayer />
    }
}

/// Opens the page that a flow asks for, such as `/train` once the sample is ready.
fn go_where_asked() {
    let flow = use_sample_flow();
    let router = use_router();
    follow(move || {
        if let Some(route) = flow.go_to.get() {
            flow.go_to.set(None);
            router.go(route);
        }
    });
}

#[component]
fn Brand() -> View {
    view! {
        <div class="brand">
            <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
                <rect class="brand__tile" width="24" height="24" rx="6.5" />
                <path class="brand__stroke" d="M7 16.5v-9h4.6a2.6 2.6 0 0 1 .5 5.2H7m4.6.1 3.4 3.7" />
                <circle class="brand__dot" cx="17" cy="8" r="1.7" />
            </svg>
            <span>"Reviewlab"</span>
        </div>
    }
}

/// What stays true on every page: nothing leaves, how much is kept, how to back it up.
#[component]
fn Promises() -> View {
    let settings = use_settings();
    let (lab, runs) = (use_lab(), use_runs());
    follow(move || {
        // What is stored grows with data and runs.
        lab.dataset.track();
        runs.n_runs.track();
        settings.refresh_storage();
    });
    let stored = move || {
        settings.storage.with(|storage| match storage {
            Loadable::Loaded(storage) => format::bytes(storage.used_bytes),
            Loadable::Nothing | Loadable::Loading => "…".to_owned(),
            Loadable::Failed(_) => "not known".to_owned(),
        })
    };
    view! {
        <div class="promises">
            <p>
                <span class="promises__dot"></span>
                "Nothing leaves this tab"
            </p>
            <p>"Stored here: " <span>{stored}</span></p>
            <p>
                <PageLink to="/settings">"Back up"</PageLink>
            </p>
        </div>
    }
}

/// Another tab writes; this one can take over.
#[component]
fn ReadingBanner() -> View {
    let tab = use_tab();
    let why = move || {
        tab.refusal.get().map_or_else(
            || "Reviewlab is open in another tab, which does the writing. This one only reads.".to_owned(),
            |reason| {
                format!(
                    "This tab only reads: the browser refuses the lock that lets one tab write ({reason}). Reload the page to try again."
                )
            },
        )
    };
    view! {
        <Show when=move || tab.is_reader()>
            <div class="banner" role="status">
                <p class="banner__text">{why}</p>
                <Button label="Take over here" on_press=move |()| tab.take_over() />
            </div>
        </Show>
    }
}
