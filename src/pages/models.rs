//! `/models`: registered models and their versions, and registering another.

use leptos::prelude::*;
use markup::view;
use track::id::RunId;

use crate::components::button::{ButtonLink, Emphasis};
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::figures::{ModelKey, ModelName, Score, run_link};
use crate::components::page_head::PageHead;
use crate::components::register::RegisterForm;
use crate::components::states::{Loading, Nothing, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::{Derived, State};
use crate::services::clock;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::registry::{Registry, use_registry};
use crate::state::views::{CandidateView, VersionRow};

/// The page.
#[component]
pub fn ModelsPage() -> View {
    let registry = use_registry();
    registry.want();
    registry.reset();
    let sub = move || {
        let n_versions = registry.versions.with(|versions| versions.loaded().map_or(0, Vec::len));
        if n_versions == 0 {
            String::new()
        } else {
            format::counted(n_versions as u64, "version", "versions")
        }
    };
    let has_candidates = Derived::new(move || registry.candidates.with(|candidates| !candidates.is_empty()));
    let has_versions = Derived::new(move || registry.versions.with(|versions| versions.loaded().is_some()));
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
            <Versions registry />
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

/// The versions, in their state.
#[component]
fn Versions(registry: Registry) -> View {
    View::live(move || match registry.versions.get() {
        Loadable::Nothing => {
            view! {
                <Nothing
                    title="No model is registered"
                    text="Register the best model of a study to keep it under a name and a number. Predict then always answers with the version you registered last."
                />
            }
        }
        Loadable::Loading => view! { <Loading what="models" /> },
        Loadable::Failed(reason) => view! { <Problem text=reason on_retry=move |()| registry.retry() /> },
        Loadable::Loaded(rows) => view! { <VersionsTable rows /> },
    })
}

#[component]
fn VersionsTable(rows: Vec<VersionRow>) -> View {
    view! {
        <Card title="Model versions">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Model versions, all columns">
                <table class="table" aria-label="Model versions">
                    <thead>
                        <tr>
                            <th scope="col"><Term word=Word::ModelVersion text="Version" /></th>
                            <th scope="col">"Model"</th>
                            <th scope="col" class="number">
                                <Term word=Word::CrossValidation /> " " <Term word=Word::MacroF1 />
                            </th>
                            <th scope="col" class="number"><Term word=Word::TestPart text="Test" /></th>
                            <th scope="col">"In plain words"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(|row| view! { <VersionLine row /> }).collect::<View>()}</tbody>
                </table>
            </div>
        </Card>
    }
}

#[component]
fn VersionLine(row: VersionRow) -> View {
    let address = row.address();
    let name = row.run_name.clone().unwrap_or_else(|| row.run.to_string());
    let when = format!("{} by {}", format::date_time(row.created, clock::offset_minutes()), row.who);
    let model = row.kind.map(|kind| {
        view! {
            <ModelKey model=Some(kind) />
            <ModelName model=Some(kind) />
        }
    });
    view! {
        <tr>
            <th scope="row">
                <span class="two-lines">
                    <span>
                        <b>{address}</b>
                        {row.is_latest.then(|| view! { <span class="chip chip--good table__chip">"latest"</span> })}
                    </span>
                    <span class="two-lines__second">{when}</span>
                </span>
            </th>
            <td>
                <span class="lead-model">{model}</span>
                <span class="lead-run">{run_link(Some(&row.run), &name)}</span>
            </td>
            <td class="number"><Score value=row.cv spread=row.cv_spread /></td>
            <td class="number"><Score value=row.test spread=None /></td>
            <td class="wide">{row.words}</td>
        </tr>
    }
}
