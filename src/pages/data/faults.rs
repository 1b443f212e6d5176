//! What is wrong with the dataset in use: each finding with what it does and what mends it, and what is mended already.

use leptos::prelude::*;
use markup::view;
use track::dataset::DatasetRef;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Derived, Held};
use crate::router::use_router;
use crate::state::audit::{self, CheckedData, FindingView, Mended, RecipeChange};
use crate::state::format;
use crate::state::lab::{Import, Lab, use_lab};
use crate::state::pace::Pace;
use crate::state::tab::use_tab;

/// The look for faults, in its state.
#[component]
pub fn Check() -> View {
    let lab = use_lab();
    let tab = use_tab();
    let disabled = Derived::new(move || {
        tab.is_reader() || lab.import.with(Import::is_busy) || lab.check.with(audit::Check::is_busy)
    });
    let data = Derived::new(move || {
        lab.dataset.with(|dataset| dataset.loaded().map(|dataset| dataset.data.clone()))
    });
    let shown =
        Derived::new(move || data.with(|data| lab.check.with(|check| Shown::of(check, data.as_ref()))));
    let body = move || match shown.get() {
        Shown::NotAsked => view! { <NotAsked lab disabled /> },
        Shown::Busy => view! { <Busy lab /> },
        Shown::Found => {
            let found = lab.check.with_untracked(|check| match check {
                audit::Check::Found(found) => Some(found.clone()),
                _ => None,
            });
            found.map(|found| view! { <Found lab found disabled /> }).into()
        }
        Shown::Failed(text) => view! { <Problem text on_retry=move |()| lab.check_data() /> },
    };
    view! {
        <Card title="What could be wrong with this data">
            <div class="stack">{body}</div>
        </Card>
    }
}

/// Which part is shown: changes less often than its progress.
#[derive(Clone, PartialEq)]
enum Shown {
    NotAsked,
    Busy,
    Found,
    Failed(String),
}

impl Shown {
    /// What was found in other data than that in use is of no use.
    fn of(check: &audit::Check, data: Option<&DatasetRef>) -> Self {
        match check {
            audit::Check::NotAsked => Self::NotAsked,
            audit::Check::Looking(_) | audit::Check::Measuring(_) | audit::Check::Mending(_) => Self::Busy,
            audit::Check::Found(found) if Some(&found.data) == data => Self::Found,
            audit::Check::Found(_) => Self::NotAsked,
            audit::Check::Failed { sentence } => Self::Failed(sentence.clone()),
        }
    }
}

#[component]
fn NotAsked(lab: Lab, disabled: Derived<bool>) -> View {
    view! {
        <p class="lead">
            "Repeats, boilerplate, words that give the rating away, labels that contradict each other: whatever makes a \
             score look better or worse than it is."
        </p>
        <div>
            <Button label="Check this data" on_press=move |()| lab.check_data() disabled />
        </div>
    }
}

#[component]
fn Busy(lab: Lab) -> View {
    let words = Derived::new(move || {
        lab.check.with(|check| {
            let doing = match check {
                audit::Check::Mending(_) => "Reading the reviews again",
                audit::Check::Measuring(_) => "Measuring what a fix does to the score",
                _ => "Looking through the reviews",
            };
            match check.pace().and_then(Pace::words) {
                Some(left) => format!("{doing}, {left}"),
                None => doing.to_owned(),
            }
        })
    });
    let share = Derived::new(move || lab.check.with(|check| check.pace().map_or(1.0, |pace| pace.share)));
    view! {
        <p class="row">
            <span role="status">{move || words.get()}</span>
            <span class="push">
                <Button label="Stop checking" on_press=move |()| lab.stop_check() emphasis=Emphasis::Quiet />
            </span>
        </p>
        <Progress name="Check progress" share />
    }
}

#[component]
fn Found(lab: Lab, found: CheckedData, disabled: Derived<bool>) -> View {
    let CheckedData { open, ignored, mended, .. } = found;
    let words = match open.len() {
        0 => "Nothing is left to see to.".to_owned(),
        n => format!("{} to see to.", format::counted(n as u64, "thing", "things")),
    };
    let n_ignored = ignored.len();
    let sentence = if n_ignored == 0 {
        words
    } else {
        format!("{words} {} left as found.", format::counted(n_ignored as u64, "finding is", "findings are"))
    };
    let findings: View =
        open.into_iter().map(|finding| view! { <FindingCard lab finding disabled /> }).collect();
    view! {
        <p role="status">{sentence}</p>
        <ul class="findings" aria-label="Findings">{findings}</ul>
        <MendedList lab mended disabled />
        <div>
            <Button
                label="Check again"
                on_press=move |()| lab.check_data()
                emphasis=Emphasis::Quiet
                disabled
            />
        </div>
    }
}

#[component]
fn FindingCard(lab: Lab, finding: FindingView, disabled: Derived<bool>) -> View {
    let FindingView { name, title, n_rows, found, examples, fix, advice, ignore } = finding;
    let router = use_router();
    let n_rows = n_rows.map(|n_rows| {
        view! { <span class="chip">{format::counted(n_rows, "row", "rows")}</span> }
    });
    let ignore = Held::new(ignore);
    let example = |(record, text): (u64, String)| {
        let shown = if text.is_empty() { "(empty)".to_owned() } else { text };
        view! {
            <li>
                <span class="note">{format!("row {} ", format::whole(record))}</span>
                {shown}
            </li>
        }
    };
    let examples = (!examples.is_empty()).then(|| {
        let listed = examples.into_iter().map(example).collect::<View>();
        view! {
            <details class="finding__examples">
                <summary>"Examples"</summary>
                <ul>{listed}</ul>
            </details>
        }
    });
    let sentence = |(sentence, effect): (String, Option<String>)| {
        let effect = effect.map(|effect| view! { <span class="note">{format!(" {effect}")}</span> });
        view! {
            <p>
                {sentence}
                {effect}
            </p>
        }
    };
    let found: View = found.into_iter().map(sentence).collect();
    let mend = fix.map(|fix| {
        let fix = Held::new(fix);
        view! {
            <Button
                label=format!("Mend: {}", title.to_lowercase())
                on_press=move |()| lab.mend_data(RecipeChange::Apply(fix.get()))
                disabled
            />
        }
    });
    let other = match name {
        "label_errors" | "conflicting_labels" => Some(view! {
            <Button
                label=format!("One by one: {}", title.to_lowercase())
                on_press=move |()| router.ask("show", "labels")
            />
        }),
        "class_imbalance" | "missing" => Some(view! {
            <Button label=format!("Re-map: {}", title.to_lowercase()) on_press=move |()| lab.reopen() disabled />
        }),
        _ => None,
    };
    view! {
        <li class="finding" aria-label=title>
            <h3 class="finding__title">
                {format!("{title} ")} {n_rows}
            </h3>
            {found}
            {examples}
            {advice.map(|advice| view! { <p class="note">{advice}</p> })}
            <div class="row">
                {mend}
                {other}
                <Button
                    label=format!("Ignore: {}", title.to_lowercase())
                    on_press=move |()| lab.mend_data(RecipeChange::Ignore(ignore.get()))
                    emphasis=Emphasis::Quiet
                    disabled
                />
            </div>
        </li>
    }
}

/// What the recipe mends, each with its way back.
#[component]
fn MendedList(lab: Lab, mended: Vec<Mended>, disabled: Derived<bool>) -> View {
    if mended.is_empty() {
        return View::nothing();
    }
    let row = move |mended: Mended| {
        let part = Held::new(mended.part);
        let label = format!("Undo: {}", mended.sentence.trim_end_matches('.'));
        view! {
            <li class="mended">
                <span>{mended.sentence}</span>
                <Button
                    label
                    on_press=move |()| lab.mend_data(RecipeChange::Undo(part.get()))
                    emphasis=Emphasis::Quiet
                    disabled
                />
            </li>
        }
    };
    let rows = mended.into_iter().map(row).collect::<View>();
    view! {
        <h3 class="finding__title">"Mended already"</h3>
        <ul class="findings" aria-label="Mended already">{rows}</ul>
    }
}
