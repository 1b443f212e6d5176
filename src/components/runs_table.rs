//! Rows of runs: studies, fits and trials look the same everywhere.

use leptos::prelude::*;
use markup::view;
use track::run::RunKind;

use super::figures::{ModelKey, ModelName, Score, run_link, time, version_chip};
use super::term::Term;
use crate::glossary::Word;
use crate::markup::{Children, View};
use crate::services::clock;
use crate::state::format;
use crate::state::views::{RunRow, StateWord};

/// Columns of a row.
pub const N_COLUMNS: usize = 9;

/// The head of a table of runs.
#[component]
pub fn RunsHead() -> View {
    view! {
        <thead>
            <tr>
                <th scope="col"><Term word=Word::Run text="Run" /></th>
                <th scope="col">"Kind"</th>
                <th scope="col">"State"</th>
                <th scope="col">"Model"</th>
                <th scope="col" class="number">
                    <Term word=Word::CrossValidation /> " " <Term word=Word::MacroF1 /> " " <Term word=Word::Spread />
                </th>
                <th scope="col" class="number"><Term word=Word::TrainPart text="Train" /></th>
                <th scope="col" class="number"><Term word=Word::TestPart text="Test" /></th>
                <th scope="col" class="number">"Time"</th>
                <th scope="col" class="number">"Began"</th>
            </tr>
        </thead>
    }
}

/// A word with a colour for how a run stands.
#[component]
pub fn StateChip(
    /// How.
    state: StateWord,
) -> View {
    let tone = match state {
        StateWord::Running => "chip chip--accent",
        StateWord::Finished => "chip chip--good",
        StateWord::Failed => "chip chip--bad",
        StateWord::Stopped | StateWord::Pruned => "chip chip--wait",
    };
    view! { <span class=tone>{state.as_str()}</span> }
}

/// What kind of run it is, explained.
#[component]
pub fn KindName(
    /// Which.
    kind: RunKind,
) -> View {
    let (word, text) = match kind {
        RunKind::Study => (Word::Study, "Study"),
        RunKind::Trial => (Word::Trial, "Trial"),
        RunKind::Fit => (Word::Fit, "Fit"),
    };
    view! { <Term word text /> }
}

/// One run.
#[component]
pub fn RunLine(
    /// The run.
    row: RunRow,
    /// Stands before the name: an arrow that folds, or nothing.
    #[prop(optional)]
    children: Option<Children>,
) -> View {
    let class = match row.kind {
        RunKind::Study => "table__row--study",
        RunKind::Fit => "table__row--child",
        RunKind::Trial => "table__row--fold",
    };
    let model = row.model.map(|model| view! { <ModelName model=Some(model) /> });
    let key = row.model.map(|model| view! { <ModelKey model=Some(model) /> });
    let began = format::ago(row.created, clock::now());
    let exactly = format::date_time(row.created, clock::offset_minutes());
    view! {
        <tr class=class>
            <th scope="row">
                {children.map(|children| children())} {key} {run_link(Some(&row.id), &row.name)}
                {version_chip(row.registered.as_deref())}
            </th>
            <td><KindName kind=row.kind /></td>
            <td><StateChip state=row.state /></td>
            <td>{model}</td>
            <td class="number"><Score value=row.cv spread=row.cv_spread /></td>
            <td class="number"><Score value=row.train spread=None /></td>
            <td class="number"><Score value=row.test spread=None /></td>
            <td class="number">{time(row.elapsed_ms)}</td>
            <td class="number" title=exactly>{began}</td>
        </tr>
    }
}
