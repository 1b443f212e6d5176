//! What two runs predict of the same reviews: which is better by more than luck, and which reviews changed side.

use std::cmp::Ordering;

use engine::dataset::LabelId;
use leptos::prelude::*;
use markup::view;
use track::id::RunId;

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::figures::Stat;
use crate::components::states::{Loading, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::comparing::{ChangedReview, Comparing, MAX_CHANGED, PAGE_ROWS, PairCompared};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::stored_fits::NO_PREDICTIONS;

/// The card.
#[component]
pub fn Predictions(
    /// Of what.
    comparing: Comparing,
) -> View {
    let has_pair = Derived::new(move || comparing.pair.with(Option::is_some));
    let state = Derived::new(move || comparing.outcome.with(Loadable::without_value));
    let body = View::live(move || match state.get() {
        Loadable::Nothing => View::nothing(),
        Loadable::Loading => view! { <Loading what="predictions" /> },
        Loadable::Failed(sentence) => {
            view! { <Problem text=sentence on_retry=move |()| comparing.compare() /> }
        }
        Loadable::Loaded(()) => view! { <Outcome comparing /> },
    });
    view! {
        <Card title="Predictions">
            <Show when=move || !has_pair.get()>
                <p class="lead" role="status">{NO_PREDICTIONS}</p>
            </Show>
            <Show when=move || has_pair.get()>
                <div class="fields fields--wide stack--below">
                    <RunChoice comparing is_first=true />
                    <RunChoice comparing is_first=false />
                </div>
            </Show>
            {body}
        </Card>
    }
}

/// Which fit is the one, or the other.
#[component]
fn RunChoice(comparing: Comparing, is_first: bool) -> View {
    let options = Derived::new(move || {
        comparing.runs.with(|runs| {
            let fits = runs.loaded().into_iter().flat_map(|runs| runs.fits());
            fits.map(|run| (run.id.to_string(), run.name.clone())).collect::<Vec<_>>()
        })
    });
    let value = Derived::new(move || {
        comparing
            .pair
            .with(|pair| {
                let (first, second) = pair.as_ref()?;
                Some(if is_first { first.to_string() } else { second.to_string() })
            })
            .unwrap_or_default()
    });
    let choose = move |id: String| {
        let Some((first, second)) = comparing.pair.get_untracked() else { return };
        let id = RunId(id);
        // Choosing the other one swaps them.
        let (first, second) = match is_first {
            true if id == second => (second, first),
            true => (id, second),
            false if id == first => (second, first),
            false => (first, id),
        };
        comparing.choose_pair(&first, &second);
    };
    let (id, label) =
        if is_first { ("compare-first", "First run") } else { ("compare-second", "Second run") };
    view! { <SelectField id label options value on_choose=choose word=None /> }
}

/// The names of both runs, and of the classes.
#[derive(Clone, Debug, Default, PartialEq)]
struct Names {
    first: String,
    second: String,
    classes: Vec<String>,
}

impl Names {
    fn of(comparing: Comparing) -> Self {
        let compared = comparing.outcome.with(|outcome| outcome.loaded().cloned());
        let found = comparing.runs.with(|runs| {
            let (runs, compared) = (runs.loaded()?, compared?);
            let (first, second) = (runs.run(&compared.pair.0)?, runs.run(&compared.pair.1)?);
            let classes = compared.found.labels.clone();
            Some(Self { first: first.name.clone(), second: second.name.clone(), classes })
        });
        found.unwrap_or_default()
    }

    fn class(&self, label: LabelId) -> String {
        let number = usize::from(label.0);
        self.classes.get(number).cloned().unwrap_or_else(|| format!("class {}", number + 1))
    }
}

/// Which run is better, and whether by more than luck.
fn verdict(compared: &PairCompared, names: &Names) -> String {
    let Some(f1) = &compared.found.f1 else { return "No review was held out from either run.".to_owned() };
    let difference = f1.second - f1.first;
    let (better, low, high) = match difference >= 0.0 {
        true => (&names.second, f1.difference.low, f1.difference.high),
        false => (&names.first, -f1.difference.high, -f1.difference.low),
    };
    if difference == 0.0 && low == 0.0 && high == 0.0 {
        return "Both predict equally well.".to_owned();
    }
    let is_sure = low > 0.0;
    let luck = if is_sure { "more than luck" } else { "not more than luck may be" };
    format!(
        "{better} is better by {:.4} macro F1, which is {luck}: with other reviews it would lie from {} to {} in 95 of \
         100 cases.",
        difference.abs(),
        signed(low),
        signed(high)
    )
}

/// What McNemar's test says.
fn chance(compared: &PairCompared, names: &Names) -> String {
    let found = &compared.found;
    let n_apart = found.n_first_right + found.n_second_right;
    if n_apart == 0 {
        return "There is no review that only one of them gets right.".to_owned();
    }
    let p =
        if found.p_value < 1e-4 { "less than 0.0001".to_owned() } else { format!("{:.4}", found.p_value) };
    let more = match found.n_first_right.cmp(&found.n_second_right) {
        Ordering::Greater => format!("{} gets more reviews right", names.first),
        Ordering::Less => format!("{} gets more reviews right", names.second),
        Ordering::Equal => "both get as many reviews right".to_owned(),
    };
    format!(
        "{more}; chance alone parts the {} that only one gets right so unevenly or more with p = {p} (exact, \
         two-sided).",
        format::whole(n_apart)
    )
}

fn signed(number: f64) -> String {
    // A minus sign of its own width, so that ends of an interval align.
    if number < 0.0 { format!("−{:.4}", -number) } else { format!("{number:.4}") }
}

#[component]
fn Outcome(comparing: Comparing) -> View {
    let names = Derived::new(move || Names::of(comparing));
    let read = move |read: fn(&PairCompared) -> u64| {
        Derived::new(move || {
            comparing.outcome.with(|outcome| {
                outcome.loaded().map_or_else(String::new, |compared| format::whole(read(compared)))
            })
        })
    };
    let said = move |say: fn(&PairCompared, &Names) -> String| {
        move || {
            comparing
                .outcome
                .with(|outcome| outcome.loaded().map(|compared| names.with(|names| say(compared, names))))
                .unwrap_or_default()
        }
    };
    let drawn = said(|compared, _| {
        format!(
            "{} resamples, seed {}.",
            format::whole(u64::from(compared.interval.n_resamples)),
            compared.interval.seed
        )
    });
    let has_changed = Derived::new(move || {
        comparing.outcome.with(|outcome| outcome.loaded().is_some_and(|one| one.found.n_changed > 0))
    });
    view! {
        <div class="stack">
            <p class="says" role="status" aria-label="Which run is better">{said(verdict)}</p>
            <div class="stats">
                <Stat value=read(|one| one.found.n_both_right)>"both right"</Stat>
                <Stat value=read(|one| one.found.n_first_right)>{move || format!("only {} right", names.with(|names| names.first.clone()))}</Stat>
                <Stat value=read(|one| one.found.n_second_right)>{move || format!("only {} right", names.with(|names| names.second.clone()))}</Stat>
                <Stat value=read(|one| one.found.n_both_wrong)>"both wrong"</Stat>
            </div>
            <p class="note">
                <Term word=Word::McNemar /> ": " {said(chance)} " "
                <Term word=Word::PairedBootstrap /> ": " {drawn}
                " Measured on reviews " <Term word=Word::HeldOut /> "."
            </p>
            <Show when=move || has_changed.get()>
                <ChangedReviews comparing names />
            </Show>
            <Show when=move || !has_changed.get()>
                <p class="note" role="status">"They predict the same of every review."</p>
            </Show>
        </div>
    }
}

/// The reviews that changed side, a page at a time.
#[component]
fn ChangedReviews(comparing: Comparing, names: Derived<Names>) -> View {
    let counts = Derived::new(move || {
        comparing.outcome.with(|outcome| {
            outcome.loaded().map_or((0, 0), |one| (one.found.n_changed, one.found.changed.len()))
        })
    });
    let from = move || comparing.page.get() * PAGE_ROWS;
    let to = move || (from() + PAGE_ROWS).min(counts.get().1);
    let place = move || {
        let (n_changed, n_listed) = counts.get();
        let bound = match n_changed > n_listed as u64 {
            true => format!(" The first {} are listed.", format::whole(u64::from(MAX_CHANGED))),
            false => String::new(),
        };
        format!(
            "Reviews {} to {} of {} that the two predict differently.{bound}",
            format::whole(from() as u64 + 1),
            format::whole(to() as u64),
            format::whole(n_changed)
        )
    };
    let step = move |pages: isize| {
        comparing.page.update(|page| *page = page.saturating_add_signed(pages));
    };
    let body = View::live(move || match comparing.reviews.get() {
        Loadable::Nothing | Loadable::Loading => view! { <Loading what="reviews" /> },
        Loadable::Failed(sentence) => {
            view! { <Problem text=sentence on_retry=move |()| comparing.read_page() /> }
        }
        Loadable::Loaded(reviews) => {
            names.with(|names| view! { <ReviewTable names=names.clone() reviews=reviews.to_vec() /> })
        }
    });
    view! {
        <div class="stack stack--tight">
            <h3>"Reviews that changed side"</h3>
            <p class="note" role="status" aria-label="Reviews shown">{place}</p>
            {body}
            <div class="row row--end">
                <Button
                    label="Earlier reviews"
                    on_press=move |()| step(-1)
                    disabled=Derived::new(move || from() == 0)
                />
                <Button
                    label="Later reviews"
                    on_press=move |()| step(1)
                    disabled=Derived::new(move || to() >= counts.get().1)
                />
            </div>
        </div>
    }
}

#[component]
fn ReviewTable(names: Names, reviews: Vec<ChangedReview>) -> View {
    let said = |label: LabelId, truth: LabelId| {
        let class = if label == truth { "chip chip--good" } else { "chip chip--bad" };
        let right = if label == truth { " (right)" } else { " (wrong)" };
        view! {
            <td>
                <span class=class>{names.class(label)}</span>
                <span class="visually-hidden">{right}</span>
            </td>
        }
    };
    let line = |review: &ChangedReview| {
        let ChangedReview { record, text, row } = review;
        view! {
            <tr>
                <td class="number">{format::whole(record + 1)}</td>
                <td class="wide">{text.clone()}</td>
                <td>{names.class(row.truth)}</td>
                {said(row.first, row.truth)}
                {said(row.second, row.truth)}
            </tr>
        }
    };
    let lines = reviews.iter().map(line).collect::<View>();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Reviews that changed side, all columns">
            <table class="table table--top" aria-label="Reviews that changed side">
                <thead>
                    <tr>
                        <th scope="col" class="number">"Row"</th>
                        <th scope="col">"Review"</th>
                        <th scope="col">"Labelled"</th>
                        <th scope="col">{names.first.clone()}</th>
                        <th scope="col">{names.second.clone()}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use engine::metrics::{F1Interval, IntervalSpec, PairedF1};
    use engine::num::ContentHash;
    use jobs::FitsCompared;
    use track::dataset::DatasetRef;

    use super::*;

    fn compared(
        first: f64,
        second: f64,
        (low, high): (f64, f64),
        apart: (u64, u64),
        p_value: f64,
    ) -> PairCompared {
        let hash = ContentHash::of(b"file");
        PairCompared {
            pair: (RunId("a".into()), RunId("b".into())),
            data: DatasetRef { file: hash, recipe: hash },
            interval: IntervalSpec::usual(42),
            found: FitsCompared {
                labels: Vec::new(),
                n_both_right: 10,
                n_first_right: apart.0,
                n_second_right: apart.1,
                n_both_wrong: 1,
                p_value,
                f1: Some(PairedF1 {
                    first,
                    second,
                    difference: F1Interval { low, high },
                    second_better: 0.9,
                }),
                n_changed: apart.0 + apart.1,
                changed: Vec::new(),
            },
        }
    }

    fn names() -> Names {
        Names { first: "calm-owl-7".into(), second: "wry-fox-2".into(), classes: vec!["bad".into()] }
    }

    #[track_caller]
    fn check(of: &PairCompared, expected: &str) {
        assert_eq!(verdict(of, &names()), expected);
    }

    #[test]
    fn the_better_run_is_named_with_how_sure_that_is() {
        check(
            &compared(0.80, 0.82, (0.01, 0.03), (2, 9), 0.03),
            "wry-fox-2 is better by 0.0200 macro F1, which is more than luck: with other reviews it would lie from \
             0.0100 to 0.0300 in 95 of 100 cases.",
        );
        check(
            &compared(0.82, 0.80, (-0.05, 0.01), (9, 2), 0.2),
            "calm-owl-7 is better by 0.0200 macro F1, which is not more than luck may be: with other reviews it would \
             lie from −0.0100 to 0.0500 in 95 of 100 cases.",
        );
        check(&compared(0.8, 0.8, (0.0, 0.0), (0, 0), 1.0), "Both predict equally well.");
    }

    #[test]
    fn chance_is_told_in_words() {
        let of = |apart, p| chance(&compared(0.8, 0.9, (0.0, 0.1), apart, p), &names());
        let said = of((3, 12), 0.035_156);
        assert!(said.starts_with("wry-fox-2 gets more reviews right;"), "{said}");
        assert!(said.contains("parts the 15 that") && said.contains("p = 0.0352"), "{said}");
        assert!(of((0, 90), 1e-20).contains("less than 0.0001"));
        assert_eq!(of((0, 0), 1.0), "There is no review that only one of them gets right.");
    }

    #[test]
    fn a_class_without_a_name_has_a_number() {
        assert_eq!((names().class(LabelId(0)), names().class(LabelId(1))), ("bad".into(), "class 2".into()));
    }
}
