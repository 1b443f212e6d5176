//! The list of pages. A page is listed once it has content; index.html draws the same list ahead.

use leptos::prelude::*;
use markup::view;

use crate::markup::View;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::services::address;

/// A page in the list.
#[derive(Clone, Copy)]
struct Entry {
    href: &'static str,
    name: &'static str,
    /// Path data of a 16 × 16 icon.
    icon: &'static str,
}

const HOME: Entry = Entry { href: "/", name: "Home", icon: "M2.5 7.2 8 2.6l5.5 4.6v6.2h-4V10h-3v3.4h-4z" };
const DATA: Entry = Entry {
    href: "/data",
    name: "Data",
    icon: "M3 4c0-1 2.2-1.8 5-1.8S13 3 13 4s-2.2 1.8-5 1.8S3 5 3 4zm0 0v8c0 1 2.2 1.8 5 1.8s5-.8 5-1.8V4M3 8c0 1 2.2 1.8 5 1.8S13 9 13 8",
};
const TRAIN: Entry = Entry {
    href: "/train",
    name: "Train",
    icon: "M2.5 4.5h4.2m4 0h2.8M8.7 2.7a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM2.5 11.5h2m4 0h5M6.5 9.7a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z",
};
const RUNS: Entry = Entry {
    href: "/runs",
    name: "Runs",
    icon: "M5.8 4h7.7M5.8 8h7.7M5.8 12h7.7M2.6 4h.1M2.6 8h.1M2.6 12h.1",
};
const MODELS: Entry = Entry {
    href: "/models",
    name: "Models",
    icon: "M8 2.2 13.2 5v6L8 13.8 2.8 11V5zM2.8 5 8 7.8 13.2 5M8 7.8v6",
};
const PREDICT: Entry =
    Entry { href: "/predict", name: "Predict", icon: "M2.8 3.2h10.4v7.4H8.2l-3 2.6v-2.6H2.8z" };
const FLOWS: Entry = Entry {
    href: "/flows",
    name: "Flows",
    icon: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5.2V8l2 1.6",
};
const MONITOR: Entry = Entry { href: "/monitor", name: "Monitor", icon: "M2 8.5h2.6l1.6-4.3 3 8 1.7-3.7H14" };
const EXPERIMENTS: Entry = Entry {
    href: "/experiments",
    name: "Experiments",
    icon: "M3 2.8v10.4M13 2.8v10.4M3 5.5h4.5m5.5 5H8.5M6 4l1.6 1.5L6 7m4 2-1.6 1.5L10 12",
};
const SETTINGS: Entry = Entry {
    href: "/settings",
    name: "Settings",
    icon: "M8 5.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM8 2v1.6M8 12.4V14M2 8h1.6M12.4 8H14M3.8 3.8l1.1 1.1M11.1 11.1l1.1 1.1M3.8 12.2l1.1-1.1M11.1 4.9l1.1-1.1",
};

/// The list of pages.
#[component]
pub fn Nav(
    /// How many runs there are; nothing is shown where there is none.
    n_runs: Derived<u64>,
) -> View {
    view! {
        <nav class="nav" aria-label="Pages">
            <div class="nav__groups">
                <ul class="nav__group">
                    <NavLink entry=HOME />
                    <NavLink entry=DATA />
                    <NavLink entry=TRAIN />
                </ul>
                <p class="nav__title" id="nav-track">
                    "Track"
                </p>
                <ul class="nav__group" aria-labelledby="nav-track">
                    <NavLink entry=RUNS count=n_runs />
                    <NavLink entry=MODELS />
                </ul>
                <p class="nav__title" id="nav-operate">
                    "Operate"
                </p>
                <ul class="nav__group" aria-labelledby="nav-operate">
                    <NavLink entry=PREDICT />
                    <NavLink entry=FLOWS />
                    <NavLink entry=MONITOR />
                    <NavLink entry=EXPERIMENTS />
                </ul>
                <ul class="nav__group nav__group--last">
                    <NavLink entry=SETTINGS />
                </ul>
            </div>
        </nav>
    }
}

#[component]
fn NavLink(entry: Entry, #[prop(optional, into)] count: Derived<u64>) -> View {
    let router = use_router();
    let shown = move || {
        let number = count.get();
        (number > 0).then(|| {
            view! {
                <span class="nav__count" aria-hidden="true">
                    {crate::state::format::whole(number)}
                </span>
            }
        })
    };
    view! {
        <li>
            <a
                class="nav__link"
                href=address::of_path(entry.href)
                aria-current=move || router.is_at(entry.href).then_some("page")
            >
                <svg class="nav__icon" viewBox="0 0 16 16" aria-hidden="true">
                    <path d=entry.icon />
                </svg>
                <span>{entry.name}</span>
                {shown}
            </a>
        </li>
    }
}
