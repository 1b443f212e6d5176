//! Versions as a table: of every model, or of one.

use leptos::prelude::*;
use markup::view;
use track::registry::Stage;

use super::{NONE, version_path};
use crate::components::card::Card;
use crate::components::figures::{ModelKey, ModelName, Score, run_link};
use crate::components::link::PageLink;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{For, View};
use crate::reactive::Derived;
use crate::services::clock;
use crate::state::format;
use crate::state::views::VersionRow;

/// The table.
#[component]
pub fn VersionsTable(
    /// Newest first.
    rows: Derived<Option<Vec<VersionRow>>>,
    /// They are of several models, so each is named in full.
    is_of_all: bool,
) -> View {
    let addresses =
        move || rows.with(|rows| rows.iter().flatten().map(VersionRow::address).collect::<Vec<_>>());
    // A row is drawn anew when it changes itself, and keeps its place.
    let line = move |address: String| {
        let row = Derived::new(move || {
            rows.with(|rows| rows.iter().flatten().find(|row| row.address() == address).cloned())
        });
        View::live(move || row.get().map(|row| view! { <VersionLine row is_of_all /> }))
    };
    view! {
        <Card title="Model versions">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Model versions, all columns">
                <table class="table" aria-label="Model versions">
                    <thead>
                        <tr>
                            <th scope="col"><Term word=Word::ModelVersion text="Version" /></th>
                            <th scope="col"><Term word=Word::Alias text="Aliases" /></th>
                            <th scope="col"><Term word=Word::Stage text="Stage" /></th>
                            <th scope="col">"Model"</th>
                            <th scope="col" class="number">
                                <Term word=Word::CrossValidation /> " " <Term word=Word::MacroF1 />
                            </th>
                            <th scope="col" class="number"><Term word=Word::TestPart text="Test" /></th>
                            {(!is_of_all).then(|| view! { <th scope="col">"In plain words"</th> })}
                        </tr>
                    </thead>
                    <tbody><For each=addresses key=String::clone children=line /></tbody>
                </table>
            </div>
        </Card>
    }
}

/// The stage as a chip; a dash where there is none.
pub fn stage_chip(stage: Stage) -> View {
    let class = match stage {
        Stage::None => return View::from(NONE.to_owned()),
        Stage::Production => "chip chip--good",
        Stage::Staging => "chip chip--wait",
        Stage::Archived => "chip",
    };
    view! { <span class=class>{stage.as_str()}</span> }
}

/// Aliases as chips, or a dash.
pub fn alias_chips(aliases: &[String]) -> View {
    if aliases.is_empty() {
        return View::from(NONE.to_owned());
    }
    let chip = |alias: &String| {
        let alias = alias.clone();
        view! { <span class="chip chip--accent">{alias}</span> }
    };
    view! { <span class="row">{aliases.iter().map(chip).collect::<View>()}</span> }
}

#[component]
fn VersionLine(row: VersionRow, is_of_all: bool) -> View {
    let address = if is_of_all { row.address() } else { format!("Version {}", row.version) };
    let to = version_path(&row.model, row.version);
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
                        <b><PageLink to=to>{address}</PageLink></b>
                        {row.is_latest.then(|| view! { <span class="chip table__chip">"latest"</span> })}
                    </span>
                    <span class="two-lines__second">{when}</span>
                </span>
            </th>
            <td>{alias_chips(&row.aliases)}</td>
            <td>{stage_chip(row.stage)}</td>
            <td>
                <span class="lead-model">{model}</span>
                <span class="lead-run">{run_link(Some(&row.run), &name)}</span>
            </td>
            <td class="number"><Score value=row.cv spread=row.cv_spread /></td>
            <td class="number"><Score value=row.test spread=None /></td>
            {(!is_of_all).then(|| view! { <td class="wide">{row.words}</td> })}
        </tr>
    }
}
