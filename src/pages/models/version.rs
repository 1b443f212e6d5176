//! `/models/:name/:version`: one version: where it comes from and what uses it, its words, its end.

use leptos::prelude::*;
use markup::view;
use track::ab_test::AbTest;
use track::registry::{ModelUri, Reference};
use track::run::RunSpec;

use super::about::{Delete, Words};
use super::moves::Said;
use super::one::NoModel;
use super::versions::{alias_chips, stage_chip};
use super::{NONE, model_path, of_book};
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::card::Card;
use crate::components::exports::ExportCard;
use crate::components::figures::{ModelKey, ModelName, Score, run_link};
use crate::components::link::PageLink;
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::pages::errors::ErrorSection;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::services::{address, clock};
use crate::state::ab_tests::use_ab_tests;
use crate::state::error_analysis::Subject;
use crate::state::exports::Subject as Model;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::mlflow_model::facts_of;
use crate::state::model_book::Book;
use crate::state::registry::{Registry, use_registry};
use crate::state::views::VersionRow;

/// Where name and number stand in the path.
const NAME_PART: usize = 1;
const VERSION_PART: usize = 2;
/// Letters of a hash that are shown.
const HASH_LETTERS: usize = 12;

/// The page.
#[component]
pub fn VersionPage() -> View {
    let registry = use_registry();
    registry.want();
    let router = use_router();
    let asked = Derived::new(move || (router.part(NAME_PART), router.part(VERSION_PART)));
    View::live(move || {
        registry.reset();
        let (name, number) = asked.get();
        view! { <OneVersion registry name number /> }
    })
}

/// Where a version comes from and what uses it.
#[derive(Clone, PartialEq)]
struct Lineage {
    row: VersionRow,
    /// The dataset's name and the hash of its file.
    dataset: Option<(String, String)>,
    recipe: Option<String>,
    spec: Option<String>,
    uses: Vec<String>,
    /// Its model, where its run is here.
    model: Option<Model>,
}

fn lineage(book: &Book, tests: &[AbTest], model: &str, number: u32) -> Option<Lineage> {
    let row = book.version(model, number)?;
    let run = book.runs.get(&row.run);
    let short = |hash: String| hash.chars().take(HASH_LETTERS).collect::<String>();
    let mut uses: Vec<String> =
        book.now.model(model)?.uses_of(number, tests).iter().map(Reference::to_string).collect();
    let answers =
        book.now.answering().is_some_and(|version| version.model == model && version.version == number);
    if answers {
        uses.push("the page Predict, which answers with it".to_owned());
    }
    Some(Lineage {
        dataset: run.map(|run| {
            let name = book.dataset_of(run).unwrap_or("a file that is no longer here").to_owned();
            (name, short(run.dataset.file.to_string()))
        }),
        recipe: run.map(|run| short(run.dataset.recipe.to_string())),
        spec: run.and_then(|run| run.spec.as_ref()).map(spec_hash),
        model: run.and_then(|run| Some(Model { facts: facts_of(run)?, run: run.clone() })),
        row,
        uses,
    })
}

/// A fingerprint of the exact instructions.
fn spec_hash(spec: &RunSpec) -> String {
    let hash = engine::num::ContentHash::of(json::to_string(spec).as_bytes());
    hash.to_string().chars().take(HASH_LETTERS).collect()
}

#[component]
fn OneVersion(registry: Registry, name: String, number: String) -> View {
    let address = format!("{name}/{number}");
    let of = name.clone();
    // What is no number is no version.
    let number: u32 = number.parse().unwrap_or(0);
    let tests = use_ab_tests();
    tests.want();
    let found = of_book(registry, move |book| {
        let tests = tests.list.with(|list| list.loaded().cloned()).unwrap_or_default();
        lineage(book, &tests, &of, number)
    });
    let is_there = Derived::new(move || found.with(Option::is_some));
    let state = Derived::new(move || {
        registry.book.with(|book| match book {
            Loadable::Loading => Loadable::Loading,
            Loadable::Failed(reason) => Loadable::Failed(reason.clone()),
            Loadable::Nothing => Loadable::Nothing,
            Loadable::Loaded(_) if !is_there.get() => Loadable::Nothing,
            Loadable::Loaded(_) => Loadable::Loaded(()),
        })
    });
    View::live(move || match state.get() {
        Loadable::Loading => {
            view! {
                <PageHead title=address.clone() />
                <Loading what="the version" />
            }
        }
        Loadable::Failed(reason) => {
            view! {
                <PageHead title=address.clone() />
                <Problem text=reason on_retry=move |()| registry.retry() />
            }
        }
        Loadable::Nothing => {
            let renamed = registry.book.with_untracked(|book| {
                book.loaded().and_then(|book| book.now.renamed_to(&name).map(str::to_owned))
            });
            view! { <NoModel name=address.clone() renamed /> }
        }
        Loadable::Loaded(()) => view! { <Whole registry name=name.clone() number found /> },
    })
}

#[component]
fn Whole(registry: Registry, name: String, number: u32, found: Derived<Option<Lineage>>) -> View {
    let uri = ModelUri::Version { model: name.clone(), version: number };
    let sub = Derived::new(move || {
        found.with(|found| {
            let row = found.as_ref().map(|found| &found.row);
            let made = |row: &VersionRow| {
                format!("{} by {}", format::date_time(row.created, clock::offset_minutes()), row.who)
            };
            row.map(made).unwrap_or_default()
        })
    });
    let from = View::live(move || found.get().map(|found| view! { <Origin found /> }));
    let of = name.clone();
    let subject = of_book(registry, move |book| {
        let version = book.now.version(&of, number)?;
        let run = book.runs.get(&version.run)?;
        Subject::of_version(version, run, book.dataset_of(run))
    });
    let model =
        Derived::new(move || found.with(|found| found.as_ref().and_then(|found| found.model.clone())));
    let exports = View::live(move || match model.get() {
        Some(subject) => view! { <ExportCard subject /> },
        None => View::nothing(),
    });
    let path = format!("/predict?model={}", address::encoded(&uri.to_string()));
    let all = model_path(&name);
    view! {
        <PageHead title=format!("{name}, version {number}") sub>
            <ButtonLink href=all.clone() label="See all versions" />
            <ButtonLink href=path label="Try a review" emphasis=Emphasis::Primary />
        </PageHead>
        <div class="stack">
            {from}
            {exports}
            <div class="split split--even split--top">
                <Words registry name=name.clone() version=Some(number) />
                <Delete registry name version=Some(number) />
            </div>
            <ErrorSection subject has_report=true />
            <Said registry />
        </div>
    }
}

/// A step of the lineage.
fn step(term: View, shown: View) -> View {
    view! {
        <li class="lineage__step">
            <span class="lineage__word">{term}</span>
            <span class="lineage__shown">{shown}</span>
        </li>
    }
}

/// The lineage: data, instructions, run, version, aliases, uses.
#[component]
fn Origin(found: Lineage) -> View {
    let Lineage { row, dataset, recipe, spec, uses, .. } = found;
    fn none() -> View {
        View::from(NONE.to_owned())
    }
    let data = match dataset {
        Some((name, hash)) => {
            view! {
                <PageLink to="/data">{name}</PageLink>
                " "
                <code class="hash">{hash}</code>
            }
        }
        None => none(),
    };
    let code = |hash: Option<String>| match hash {
        Some(hash) => view! { <code class="hash">{hash}</code> },
        None => none(),
    };
    let name = row.run_name.clone().unwrap_or_else(|| row.run.to_string());
    let model = row.kind.map(|kind| {
        view! {
            <ModelKey model=Some(kind) />
            <ModelName model=Some(kind) />
        }
    });
    let uses = if uses.is_empty() { "nothing yet".to_owned() } else { uses.join("; ") };
    let version = view! {
        <b>{row.address()}</b>
        " "
        {stage_chip(row.stage)}
    };
    let words = row.words.clone().map(|words| view! { <p class="says">{words}</p> });
    view! {
        <Card title="Where it comes from" sub="and what uses it">
            <div class="stack">
                {words}
                <p class="row">
                    <span class="lead-model">{model}</span>
                    <span>
                        <Term word=Word::CrossValidation /> " " <Term word=Word::MacroF1 /> " "
                        <Score value=row.cv spread=row.cv_spread />
                    </span>
                    <span><Term word=Word::TestPart text="Test" /> " " <Score value=row.test spread=None /></span>
                </p>
                <ol class="lineage" aria-label="Lineage">
                    {step(view! { <Term word=Word::Hash text="Data" /> }, data)}
                    {step(view! { <Term word=Word::Cleaning text="Recipe" /> }, code(recipe))}
                    {step(view! { <Term word=Word::Pipeline text="Settings" /> }, code(spec))}
                    {step(view! { <Term word=Word::Run text="Run" /> }, run_link(Some(&row.run), &name))}
                    {step(view! { <Term word=Word::ModelVersion text="Version" /> }, version)}
                    {step(view! { <Term word=Word::Alias text="Aliases" /> }, alias_chips(&row.aliases))}
                    {step(View::from("Used by".to_owned()), View::from(uses))}
                </ol>
            </div>
        </Card>
    }
}
