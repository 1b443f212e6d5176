//! `/models`: registered models and their versions, and registering another.

mod versions;
mod moves;
mod about;
mod over_versions;
mod compared;
mod history;
mod interface;
mod one;
mod version;

use leptos::prelude::*;
use markup::view;
use track::id::RunId;

pub use self::one::ModelPage;
pub use self::version::VersionPage;
use self::versions::VersionsTable;
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::figures::{ModelKey, ModelName, Score};
use crate::components::link::PageLink;
use crate::components::page_head::PageHead;
use crate::components::register::RegisterForm;
use crate::components::states::{Loading, Nothing, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{For, Show, View};
use crate::reactive::{Derived, State};
use crate::services::address;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::model_book::Book;
use crate::state::registry::{Registry, use_registry};
use crate::state::views::{CandidateView, ModelRow};

/// Shown where there is none.
const NONE: &str = "–";

/// The page of a model.
pub fn model_path(model: &str) -> String {
    format!("/models/{}", address::encoded(model))
}

/// The page of a version.
pub fn version_path(model: &str, version: u32) -> String {
    format!("{}/{version}", model_path(model))
}

/// What the book says of a model, followed; none where it is not read yet, or says nothing.
fn of_book<T: Clone + PartialEq + 'static>(
    registry: Registry,
    read: impl Fn(&Book) -> Option<T> + 'static,
) -> Derived<Option<T>> {
    Derived::new(move || registry.book.with(|book| book.loaded().and_then(&read)))
}

/// The page.
#[component]
pub fn ModelsPage() -> View {
    let registry = use_registry();
    registry.want();
    registry.reset();
    let n_versions = Derived::new(move || {
        registry.book.with(|book| book.loaded().map_or(0, |book| book.now.all_versions().count()))
    });
    let sub = move || match n_versions.get() {
        0 => String::new(),
        n_versions => format::counted(n_versions as u64, "version", "versions"),
    };
    let has_candidates = Derived::new(move || registry.candidates.with(|candidates| !candidates.is_empty()));
    let has_versions = Derived::new(move || n_versions.get() > 0);
    let next = move || match (has_versions.get(), has_candidates.get()) {
        (true, _) => view! { <ButtonLink href="/predict" label="Try a review" emphasis=Emphasis::Primary /> },
        (false, true) => View::nothing(),
        (false, false) => {
            view! { <ButtonLink href="/train" label="Train a model" emphasis=Emphasis::Primary /> }
        }
    };
    view! {
        <PageHead title="Models" sub=Derived::new(sub)>
            {next}
        </PageHead>
        <div class="stack">
            <Show when=move || has_candidates.get()>
                <Register registry />
            </Show>
            <Listed registry />
        </div>
    }
}

/// Which fit, under which name.
#[component]
fn Register(registry: Registry) -> View {
    let chosen = State::new(None::<String>);
    // The best fit of the newest study until another is chosen.
    let run = Derived::new(move || {
        chosen.get().or_else(|| registry.candidates.with(|all| all.first().map(|first| first.run.0.clone())))
    });
    let option = |candidate: &CandidateView| {
        let test = candidate.test.map(|test| format!(", test {}", format::score(test))).unwrap_or_default();
        let text = format!("{} ({}{test})", candidate.name, format::model_name(candidate.model));
        (candidate.run.0.clone(), text)
    };
    let options = move || registry.candidates.with(|all| all.iter().map(option).collect::<Vec<_>>());
    view! {
        <Card title="Keep a model" sub="a version never changes">
            <div class="stack">
                <div class="register__run">
                    <SelectField
                        id="fit"
                        label="From"
                        options=Derived::new(options)
                        value=Derived::new(move || run.get().unwrap_or_default())
                        on_choose=move |run: String| chosen.set(Some(run))
                        word=Some(Word::Fit)
                    />
                </div>
                <RegisterForm run=Derived::new(move || run.get().map(RunId)) />
            </div>
        </Card>
    }
}

/// Models and their versions, in their state.
#[component]
fn Listed(registry: Registry) -> View {
    let state = Derived::new(move || registry.book.with(Loadable::without_value));
    View::live(move || match state.get() {
        Loadable::Nothing => {
            view! {
                <Nothing
                    title="No model is registered"
                    text="Register the best model of a study to keep it under a name and a number. Predict then answers with its champion, or with the version you registered last."
                />
            }
        }
        Loadable::Loading => view! { <Loading what="models" /> },
        Loadable::Failed(reason) => view! { <Problem text=reason on_retry=move |()| registry.retry() /> },
        Loadable::Loaded(()) => {
            let rows = of_book(registry, |book| Some(book.versions()));
            view! {
                <div class="stack">
                    <ModelsTable registry />
                    <VersionsTable rows is_of_all=true />
                </div>
            }
        }
    })
}

#[component]
fn ModelsTable(registry: Registry) -> View {
    let models = of_book(registry, |book| Some(book.models()));
    let names =
        move || models.with(|models| models.iter().flatten().map(|row| row.name.clone()).collect::<Vec<_>>());
    let line = move |name: String| {
        let row = Derived::new(move || {
            models.with(|models| models.iter().flatten().find(|row| row.name == name).cloned())
        });
        View::live(move || row.get().map(|row| view! { <ModelLine row /> }))
    };
    view! {
        <Card title="Registered models">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Registered models, all columns">
                <table class="table" aria-label="Registered models">
                    <thead>
                        <tr>
                            <th scope="col"><Term word=Word::Registered text="Model" /></th>
                            <th scope="col" class="number">"Versions"</th>
                            <th scope="col" class="number"><Term word=Word::Champion text="Champion" /></th>
                            <th scope="col" class="number"><Term word=Word::Stage text="Production" /></th>
                            <th scope="col" class="number">"Newest"</th>
                            <th scope="col">"Answers with"</th>
                            <th scope="col" class="number">
                                <Term word=Word::CrossValidation /> " " <Term word=Word::MacroF1 />
                            </th>
                            <th scope="col" class="number"><Term word=Word::TestPart text="Test" /></th>
                        </tr>
                    </thead>
                    <tbody><For each=names key=String::clone children=line /></tbody>
                </table>
            </div>
        </Card>
    }
}

/// A link to a version by its number, or a dash.
fn version_link(model: &str, version: Option<u32>) -> View {
    match version {
        Some(version) => {
            view! { <PageLink to=version_path(model, version)>{version.to_string()}</PageLink> }
        }
        None => View::from(NONE.to_owned()),
    }
}

#[component]
fn ModelLine(row: ModelRow) -> View {
    let name = row.name.clone();
    let kind = row.kind.map(|kind| {
        view! {
            <ModelKey model=Some(kind) />
            <ModelName model=Some(kind) />
        }
    });
    let about = (!row.description.is_empty()).then(|| row.description.clone());
    view! {
        <tr>
            <th scope="row">
                <span class="two-lines">
                    <b><PageLink to=model_path(&row.name)>{name}</PageLink></b>
                    {about.map(|about| view! { <span class="two-lines__second">{about}</span> })}
                </span>
            </th>
            <td class="number">{row.n_versions.to_string()}</td>
            <td class="number">{version_link(&row.name, row.champion)}</td>
            <td class="number">{version_link(&row.name, row.production)}</td>
            <td class="number">{version_link(&row.name, row.latest)}</td>
            <td><span class="lead-model">{kind}</span></td>
            <td class="number"><Score value=row.cv spread=row.cv_spread /></td>
            <td class="number"><Score value=row.test spread=None /></td>
        </tr>
    }
}
