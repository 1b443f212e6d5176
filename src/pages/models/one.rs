//! `/models/:name`: one model with its versions, moves, history and words.

use leptos::prelude::*;
use markup::view;
use track::registry::{CHAMPION, ModelUri};

use super::about::{About, Automatic};
use super::compared::Compared;
use super::history::{History, OnADay};
use super::interface::Interface;
use super::moves::{Moves, Said};
use super::of_book;
use super::over_versions::OverVersions;
use super::versions::VersionsTable;
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::View;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::services::address;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::registry::{Registry, use_registry};

/// Where the model's name stands in the path.
const NAME_PART: usize = 1;

/// What there is to show of a model.
#[derive(Clone, PartialEq)]
enum Found {
    Loading,
    Failed(String),
    /// There is none of that name; what it may be called now.
    No(Option<String>),
    Yes,
}

/// The page.
#[component]
pub fn ModelPage() -> View {
    let registry = use_registry();
    registry.want();
    let router = use_router();
    let name = Derived::new(move || router.part(NAME_PART));
    View::live(move || {
        registry.reset();
        view! { <OneModel registry name=name.get() /> }
    })
}

#[component]
fn OneModel(registry: Registry, name: String) -> View {
    let of = name.clone();
    let found = Derived::new(move || {
        registry.book.with(|book| match book {
            Loadable::Loading => Found::Loading,
            Loadable::Failed(reason) => Found::Failed(reason.clone()),
            Loadable::Nothing => Found::No(None),
            Loadable::Loaded(book) if book.now.model(&of).is_some() => Found::Yes,
            Loadable::Loaded(book) => Found::No(book.now.renamed_to(&of).map(str::to_owned)),
        })
    });
    View::live(move || match found.get() {
        Found::Loading => {
            view! {
                <PageHead title=name.clone() />
                <Loading what="the model" />
            }
        }
        Found::Failed(reason) => {
            view! {
                <PageHead title=name.clone() />
                <Problem text=reason on_retry=move |()| registry.retry() />
            }
        }
        Found::No(renamed) => view! { <NoModel name=name.clone() renamed /> },
        Found::Yes => view! { <Whole registry name=name.clone() /> },
    })
}

/// There is no such model.
#[component]
pub fn NoModel(
    /// What was asked for.
    name: String,
    /// What it is called now.
    renamed: Option<String>,
) -> View {
    let text = match &renamed {
        Some(now) => format!("It is called '{now}' now."),
        None => "It was registered in another browser, or has been deleted. A project file from there brings it back."
            .to_owned(),
    };
    let (href, label) = match renamed {
        Some(now) => (super::model_path(&now), format!("Go to {now}")),
        None => ("/models".to_owned(), "See all models".to_owned()),
    };
    view! {
        <PageHead title="Model">
            <ButtonLink href label emphasis=Emphasis::Primary />
        </PageHead>
        <Nothing title=format!("There is no model '{name}' here") text />
    }
}

/// The address that answers for a model on the prediction page.
fn predict_path(model: &str, has_champion: bool) -> String {
    let model = model.to_owned();
    let uri = if has_champion {
        ModelUri::Alias { model, alias: CHAMPION.to_owned() }
    } else {
        ModelUri::Latest { model }
    };
    format!("/predict?model={}", address::encoded(&uri.to_string()))
}

#[component]
fn Whole(registry: Registry, name: String) -> View {
    let of = name.clone();
    let versions = of_book(registry, move |book| Some(book.versions_of(&of)));
    let of = name.clone();
    let champion = of_book(registry, move |book| book.now.model(&of)?.aliases.get(CHAMPION).copied());
    let sub = Derived::new(move || {
        let n_versions = versions.with(|rows| rows.as_ref().map_or(0, Vec::len));
        let counted = format::counted(n_versions as u64, "version", "versions");
        match champion.get() {
            Some(version) => format!("{counted} · version {version} is champion"),
            None => counted,
        }
    });
    let of = name.clone();
    let next = move || {
        view! {
            <ButtonLink
                href=predict_path(&of, champion.get().is_some())
                label="Try a review"
                emphasis=Emphasis::Primary
            />
        }
    };
    view! {
        <PageHead title=name.clone() sub>
            <ButtonLink href="/models" label="See all models" />
            {next}
        </PageHead>
        <div class="stack">
            <VersionsTable rows=versions is_of_all=false />
            <div class="split split--even split--top">
                <div class="stack">
                    <Moves registry name=name.clone() />
                    <OnADay registry name=name.clone() />
                    <Automatic registry name=name.clone() />
                </div>
                <div class="stack">
                    <OverVersions registry name=name.clone() />
                    <About registry name=name.clone() />
                </div>
            </div>
            <Compared registry name=name.clone() />
            <Interface name=name.clone() />
            <History registry name=name.clone() />
            <Said registry />
        </div>
    }
}
