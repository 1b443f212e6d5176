//! Records side by side: a line a setting or score, a column a run, the best marked.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::run::Run;

use crate::charts::axis::shortened;
use crate::components::card::Card;
use crate::components::field::Switch;
use crate::components::figures::{ModelKey, run_link};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::comparing::Comparing;
use crate::state::comparison::{ComparedLine, Section, compared, only_differences};
use crate::state::record_views::model_of;

/// Shown where a run lacks something.
const LACKING: &str = "–";
/// Most letters of a cell; all of it is told where it is pointed at.
const MAX_LETTERS: usize = 32;

/// The table.
#[component]
pub fn SideBySide(
    /// Of what.
    comparing: Comparing,
) -> View {
    let all = Derived::new(move || comparing.runs.with(|runs| runs.loaded().cloned().unwrap_or_default()));
    let lines = Derived::new(move || all.with(|all| compared(&all.runs, &all.dataset_names)));
    let shown = Derived::new(move || match comparing.only_differences.get() {
        true => only_differences(lines.get()),
        false => lines.get(),
    });
    let sub = Derived::new(move || {
        let n_differing = lines.with(|lines| lines.iter().filter(|line| line.differs).count());
        format!("{n_differing} of {} lines differ", lines.with(Vec::len))
    });
    let heads = move || {
        let n_runs = all.with(|all| all.runs.len());
        let head = |run: &Rc<Run>| head(comparing, run, n_runs > 2);
        all.with(|all| all.runs.iter().map(head).collect::<View>())
    };
    let n_columns = move || all.with(|all| all.runs.len() + 1).to_string();
    let body = move || {
        let lines = shown.get();
        let section = |section: Section| {
            let own: Vec<&ComparedLine> = lines.iter().filter(|line| line.section == section).collect();
            if own.is_empty() {
                return View::nothing();
            }
            view! {
                <tbody>
                    <tr class="compare__section">
                        <th scope="rowgroup" colspan=n_columns()>{section.as_str()}</th>
                    </tr>
                    {own.into_iter().map(line_view).collect::<View>()}
                </tbody>
            }
        };
        match lines.is_empty() {
            true => view! { <tbody><tr><td colspan=n_columns()>"Nothing differs."</td></tr></tbody> },
            false => Section::ALL.into_iter().map(section).collect::<View>(),
        }
    };
    view! {
        <Card title="Side by side" sub>
            <div class="stack stack--tight">
                <Switch
                    label="Only differences"
                    on=comparing.only_differences
                    on_change=move |is_on| comparing.show_only_differences(is_on)
                />
                <div class="table-scroll compare" tabindex="0" role="region" aria-label="Runs side by side, all columns">
                    <table class="table" aria-label="Runs side by side">
                        <thead>
                            <tr>
                                <td></td>
                                {heads}
                            </tr>
                        </thead>
                        {body}
                    </table>
                </div>
                <p class="note note--small">
                    <span class="compare__best compare__sample">"0.8"</span>
                    " marks the best of a line, where one is better than another."
                </p>
            </div>
        </Card>
    }
}

fn head(comparing: Comparing, run: &Run, can_leave: bool) -> View {
    let id = run.id.clone();
    let model = model_of(run).map(|model| view! { <ModelKey model=Some(model) /> });
    let label = format!("Leave out {}", run.name);
    let leave = can_leave.then(|| {
        view! {
            <button
                type="button"
                class="btn btn--quiet btn--small"
                aria-label=label.clone()
                title=label
                on:click=move |_| comparing.leave_out(&id)
            >
                "×"
            </button>
        }
    });
    view! { <th scope="col" class="number">{model} {run_link(Some(&run.id), &run.name)} {leave}</th> }
}

fn line_view(line: &ComparedLine) -> View {
    let shown = match Word::of_field(&line.name).filter(|_| line.section != Section::About) {
        Some(word) => view! { <Term word text=line.name.clone() /> },
        None => View::from(line.name.clone()),
    };
    let cell = |(text, is_best): (&Option<String>, &bool)| {
        let class = if *is_best { "number compare__best" } else { "number" };
        let text = text.clone().unwrap_or_else(|| LACKING.to_owned());
        let best = is_best.then(|| view! { <span class="visually-hidden">" (best)"</span> });
        view! { <td class=class title=text.clone()>{shortened(&text, MAX_LETTERS)} {best}</td> }
    };
    let class = if line.differs { "compare__line compare__line--differs" } else { "compare__line" };
    view! {
        <tr class=class>
            <th scope="row">{shown}</th>
            {line.cells.iter().zip(&line.best).map(cell).collect::<View>()}
        </tr>
    }
}
