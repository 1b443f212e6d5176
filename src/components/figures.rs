//! Figures as they are shown everywhere: a score with its spread, a model with its colour, a stat.

use engine::metrics::Metric;
use engine::models::ModelKind;
use leptos::prelude::*;
use markup::view;
use track::id::RunId;
use track::registry::ModelUri;

use super::link::PageLink;
use super::term::Term;
use crate::glossary::Word;
use crate::markup::{Children, View};
use crate::reactive::Derived;
use crate::services::address;
use crate::state::format;

/// Shown where a figure is not known.
const UNKNOWN: &str = "–";

/// A score, never without its spread where it has one.
#[component]
pub fn Score(
    /// The mean.
    value: Option<f64>,
    /// Standard deviation over the folds.
    #[prop(optional_no_strip)]
    spread: Option<f64>,
) -> View {
    let shown = value.map_or_else(|| UNKNOWN.to_owned(), format::score);
    let spread = spread.filter(|_| value.is_some()).map(format::spread);
    view! {
        <span class="metric">
            {shown} {spread.map(|spread| view! { <span class="metric__spread">{format!(" {spread}")}</span> })}
        </span>
    }
}

/// A time in milliseconds, or a dash.
pub fn time(milliseconds: Option<f64>) -> String {
    milliseconds.map_or_else(|| UNKNOWN.to_owned(), format::duration)
}

/// A size in bytes, or a dash.
pub fn size(n_bytes: Option<u64>) -> String {
    n_bytes.map_or_else(|| UNKNOWN.to_owned(), format::bytes)
}

/// A run's memorable name, leading to its page; nothing where there is no run.
pub fn run_link(run: Option<&RunId>, name: &str) -> View {
    let name = name.to_owned();
    match run {
        Some(run) => view! { <PageLink to=format!("/runs/{run}")>{name}</PageLink> },
        None => View::nothing(),
    }
}

/// The address of a registered version, leading to its page; nothing where there is none.
pub fn version_chip(registered: Option<&str>) -> View {
    chip_of(registered, |registered, _| registered.to_owned())
}

/// The same where room is scarce: its number, with the whole address as its title.
pub fn version_mark(registered: Option<&str>) -> View {
    chip_of(registered, |registered, version| {
        version.map_or_else(|| registered.to_owned(), |version| format!("v{version}"))
    })
}

fn chip_of(registered: Option<&str>, shown: fn(&str, Option<u32>) -> String) -> View {
    let Some(registered) = registered else { return View::nothing() };
    let (path, version) = match registered.parse() {
        Ok(ModelUri::Version { model, version }) => {
            (format!("/models/{}/{version}", address::encoded(&model)), Some(version))
        }
        _ => ("/models".to_owned(), None),
    };
    let shown = shown(registered, version);
    view! {
        <span class="chip chip--accent table__chip" title=registered.to_owned()>
            <PageLink to=path>{shown}</PageLink>
        </span>
    }
}

/// The class of a model's colour key.
fn key_class(model: Option<ModelKind>) -> String {
    format!("key key--{}", model.map_or("dummy", format::model_slug))
}

/// The word behind a model.
fn word_of(model: Option<ModelKind>) -> Word {
    match model {
        Some(ModelKind::LogisticRegression) => Word::LogisticRegression,
        Some(ModelKind::MultinomialNb | ModelKind::ComplementNb) => Word::NaiveBayes,
        Some(ModelKind::LinearSvc) => Word::LinearSvm,
        Some(ModelKind::RandomForest) => Word::RandomForest,
        Some(ModelKind::Dummy) | None => Word::Dummy,
    }
}

/// The word behind a metric.
pub fn word_of_metric(metric: Metric) -> Word {
    match metric {
        Metric::F1Macro => Word::MacroF1,
        Metric::Accuracy => Word::Accuracy,
        Metric::BalancedAccuracy => Word::BalancedAccuracy,
        Metric::F1Weighted => Word::F1Weighted,
        Metric::Mcc => Word::Mcc,
        Metric::RocAuc => Word::RocAuc,
        Metric::AveragePrecision => Word::AveragePrecision,
        Metric::LogLoss => Word::LogLoss,
        Metric::Brier => Word::Brier,
    }
}

/// The square in a model's colour.
#[component]
pub fn ModelKey(
    /// Which; none for guessing.
    model: Option<ModelKind>,
) -> View {
    view! { <span class=key_class(model) aria-hidden="true"></span> }
}

/// A model's name, explained.
#[component]
pub fn ModelName(
    /// Which; none for guessing.
    model: Option<ModelKind>,
) -> View {
    view! { <Term word=word_of(model) /> }
}

/// A large figure and what it is.
#[component]
pub fn Stat(
    /// The figure.
    #[prop(into)]
    value: Derived<String>,
    /// What it is.
    children: Children,
) -> View {
    view! {
        <div class="stat">
            <span class="stat__value">{move || value.get()}</span>
            <span class="stat__label">{children()}</span>
        </div>
    }
}

/// The `?` beside a model's name.
#[component]
pub fn ModelMark(
    /// Which.
    model: ModelKind,
) -> View {
    view! { <Term word=word_of(Some(model)) mark=true /> }
}
