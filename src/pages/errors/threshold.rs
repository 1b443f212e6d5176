//! What another threshold would change: counts, precision, recall, F1, cost; and the way to keep it as a version of its
//! own. Nothing is changed before that.

use std::rc::Rc;

use engine::errors::Pick;
use engine::metrics::{Costs, CutFigures, Cuts, Moves};
use jobs::HeldOutOutput;
use leptos::prelude::*;
use markup::view;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Derived, Held, State};
use crate::state::error_analysis::{Asked, ErrorAnalysis, USUAL_COSTS, cost_of};
use crate::state::format;
use crate::state::registry::{Registering, use_registry};
use crate::state::tab::use_tab;

/// What the parts of the card share.
#[derive(Clone, Copy)]
struct Slider {
    analysis: ErrorAnalysis,
    output: Held<Rc<HeldOutOutput>>,
    cuts: Held<Cuts>,
    /// Where the fit's own threshold stands.
    own: usize,
    /// Where the slider stands while it is held.
    held: State<Option<usize>>,
    /// Where it stands.
    place: Derived<usize>,
}

impl Slider {
    fn figures(self, place: usize) -> Option<CutFigures> {
        let costs = self.analysis.costs.get();
        self.cuts.with(|cuts| cuts.figures(place, &costs))
    }

    fn threshold(self, place: usize) -> f64 {
        self.cuts.with(|cuts| cuts.all.get(place).map_or(0.0, |cut| cut.threshold))
    }

    fn go(self, place: usize) {
        self.held.set_if_new(None);
        let threshold = (place != self.own).then(|| self.threshold(place));
        self.analysis.show_cut(threshold);
    }

    fn best(self, worth: fn(&CutFigures) -> f64) {
        let costs = self.analysis.costs.get_untracked();
        if let Some(place) = self.cuts.with(|cuts| cuts.best(&costs, worth)) {
            self.go(place);
        }
    }

    fn class(self, class: usize) -> String {
        self.output.with(|output| output.labels[class].clone())
    }
}

/// The card; of more than two classes there is no threshold.
#[component]
pub(super) fn Threshold(analysis: ErrorAnalysis, output: Rc<HeldOutOutput>) -> View {
    let Some(cuts) = output.cuts.clone().filter(|cuts| !cuts.all.is_empty()) else {
        return view! {
            <Card title="Threshold">
                <p class="note">"A threshold parts two classes; this model tells more apart and takes the likeliest."</p>
            </Card>
        };
    };
    let own = cuts.nearest(output.threshold);
    let cuts = Held::new(cuts);
    let held = State::new(None);
    let place = Derived::new(move || {
        held.get().unwrap_or_else(|| match analysis.cut.get() {
            Some(cut) => cuts.with(|cuts| cuts.nearest(cut)),
            None => own,
        })
    });
    let slider = Slider { analysis, output: Held::new(output), cuts, own, held, place };
    view! {
        <Card title="Threshold" sub=Derived::new(move || format!("above it {} is predicted", slider.class(1)))>
            <div class="stack">
                <Handle slider />
                <Moved slider />
                <div class="split split--even split--top">
                    <Figures slider />
                    <CostTable slider />
                </div>
                <Keep slider />
            </div>
        </Card>
    }
}

/// The slider and its usual places.
#[component]
fn Handle(slider: Slider) -> View {
    let last = slider.cuts.with(|cuts| cuts.all.len() - 1);
    let words = move || format!("{:.4}", slider.threshold(slider.place.get()));
    let is_own = Derived::new(move || slider.place.get() == slider.own);
    let place_of = |value: &str| value.parse::<usize>().unwrap_or(0);
    view! {
        <div class="stack stack--tight">
            <div class="row">
                <label for="threshold">"Threshold"</label>
                <output for="threshold" class="push">{words}</output>
            </div>
            <input
                id="threshold"
                class="slider"
                type="range"
                min="0"
                max=last.to_string()
                step="1"
                aria-valuetext=words
                prop:value=move || slider.place.get().to_string()
                on:input:target=move |event| slider.held.set_if_new(Some(place_of(&event.target().value())))
                on:change:target=move |event| slider.go(place_of(&event.target().value()))
            />
            <div class="row">
                <Button label="Highest macro F1" on_press=move |()| slider.best(|found| found.f1_macro) />
                <Button label="Lowest cost" on_press=move |()| slider.best(|found| -found.cost) />
                <Button
                    label="As it is"
                    on_press=move |()| slider.go(slider.own)
                    emphasis=Emphasis::Quiet
                    disabled=is_own
                />
            </div>
        </div>
    }
}

/// How many answers change, and the way to read them.
#[component]
fn Moved(slider: Slider) -> View {
    let moves = Derived::new(move || {
        let (before, after) = (slider.figures(slider.own)?, slider.figures(slider.place.get())?);
        Some(Moves::between(&before, &after))
    });
    let words = move || match moves.get() {
        Some(moves) if moves.n_all() > 0 => format!(
            "{} another answer: {} right then, {} wrong.",
            if moves.n_all() == 1 {
                "1 review gets".to_owned()
            } else {
                format!("{} reviews get", format::whole(moves.n_all()))
            },
            format::whole(moves.n_righted),
            format::whole(moves.n_wronged),
        ),
        _ => "No review gets another answer.".to_owned(),
    };
    let is_still = Derived::new(move || moves.with(|moves| moves.is_none_or(|moves| moves.n_all() == 0)));
    view! {
        <div class="row">
            <p class="says" role="status" aria-label="What the threshold moves">{words}</p>
            <Button
                label="List the reviews that move"
                on_press=move |()| {
                    let to = slider.threshold(slider.place.get_untracked());
                    slider.analysis.show_rows(Some(Asked::Rows(Pick::Moved { to })));
                }
                disabled=is_still
            />
        </div>
    }
}

/// A line of figures: what it is, and how it is read and written.
type Line = (String, fn(&CutFigures) -> f64, fn(f64) -> String);

#[component]
fn Figures(slider: Slider) -> View {
    fn count(number: f64) -> String {
        format::whole(number as u64)
    }
    let (first, second) = (slider.class(0), slider.class(1));
    let lines: Vec<Line> = vec![
        ("Macro F1".to_owned(), |found| found.f1_macro, format::score),
        ("Accuracy".to_owned(), |found| found.accuracy, format::score),
        (format!("Precision of {first}"), |found| found.precision[0], format::score),
        (format!("Recall of {first}"), |found| found.recall[0], format::score),
        (format!("Precision of {second}"), |found| found.precision[1], format::score),
        (format!("Recall of {second}"), |found| found.recall[1], format::score),
        (format!("{first} predicted as {first}"), |found| found.confusion[0][0] as f64, count),
        (format!("{first} predicted as {second}"), |found| found.confusion[0][1] as f64, count),
        (format!("{second} predicted as {first}"), |found| found.confusion[1][0] as f64, count),
        (format!("{second} predicted as {second}"), |found| found.confusion[1][1] as f64, count),
        ("Cost".to_owned(), |found| found.cost, format::short),
    ];
    let line = |(name, read, words): Line| {
        let of =
            move |place: usize| slider.figures(place).map_or_else(String::new, |found| words(read(&found)));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="number">{move || of(slider.own)}</td>
                <td class="number">{move || of(slider.place.get())}</td>
            </tr>
        }
    };
    view! {
        <div class="table-scroll">
            <table class="table" aria-label="At the threshold">
                <thead>
                    <tr>
                        <th scope="col">"Figure"</th>
                        <th scope="col" class="number">"As it is"</th>
                        <th scope="col" class="number">"Here"</th>
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(line).collect::<View>()}</tbody>
            </table>
        </div>
    }
}

/// What each kind of answer costs.
#[component]
fn CostTable(slider: Slider) -> View {
    let analysis = slider.analysis;
    let cell = move |truth: usize, predicted: usize| {
        let label = format!("Cost of {} predicted as {}", slider.class(truth), slider.class(predicted));
        let typed = State::new(None::<String>);
        let value = Derived::new(move || {
            typed.get().unwrap_or_else(|| analysis.costs.with(|costs| costs[truth][predicted].to_string()))
        });
        let error = Derived::new(move || {
            let is_wrong = cost_of(&value.get()).is_none();
            is_wrong.then(|| "A cost is a number from 0 up.".to_owned())
        });
        let take = move |text: String| {
            let cost = cost_of(&text);
            typed.set(Some(text));
            if let Some(cost) = cost {
                let mut costs: Costs = analysis.costs.get_untracked();
                costs[truth][predicted] = cost;
                analysis.set_costs(costs);
            }
        };
        view! { <TextField id=format!("cost-{truth}-{predicted}") label value on_type=take word=None error /> }
    };
    let is_usual = Derived::new(move || analysis.costs.with(|costs| *costs == USUAL_COSTS));
    view! {
        <div class="stack stack--tight" role="group" aria-label="Costs">
            <h3>"What answers cost"</h3>
            <div class="fields fields--wide">
                {cell(0, 0)}
                {cell(0, 1)}
                {cell(1, 0)}
                {cell(1, 1)}
            </div>
            <p class="note note--small">
                {move || if is_usual.get() { "Every mistake costs 1 until you say otherwise." } else { "The lowest cost is found with these." }}
            </p>
        </div>
    }
}

/// Keeps the threshold as a new version, with the reason.
#[component]
fn Keep(slider: Slider) -> View {
    let registry = use_registry();
    let tab = use_tab();
    let subject = slider.analysis.subject.get();
    let name = State::new(subject.version.as_ref().map(|(model, _)| model.clone()).unwrap_or_default());
    let why = State::new(String::new());
    let is_busy = Derived::new(move || registry.registering.with(|state| *state == Registering::Busy));
    let fixed = Derived::new(move || tab.is_reader() || is_busy.get());
    let cannot = Derived::new(move || {
        fixed.get()
            || slider.place.get() == slider.own
            || name.with(|name| name.trim().is_empty())
            || why.with(|why| why.trim().is_empty())
    });
    // What this form did; the form of the run's own registration tells of its own.
    let was_pressed = State::new(false);
    let keep = move |()| {
        was_pressed.set(true);
        let threshold = slider.threshold(slider.place.get_untracked());
        registry.register_threshold(
            subject.clone(),
            name.get_untracked(),
            threshold,
            why.get_untracked(),
            move || why.set(String::new()),
        );
    };
    let outcome = move || match registry.registering.get() {
        Registering::Done { model, version } if was_pressed.get() => {
            view! { <p class="success">{format!("Version {version} of '{model}' has this threshold.")}</p> }
        }
        Registering::Failed(text) if was_pressed.get() => view! { <Problem text /> },
        _ => View::nothing(),
    };
    view! {
        <div class="stack stack--tight" role="group" aria-label="Keep the threshold">
            <p class="note">
                "Kept as a new version: the model stays as it is, and the reason stands in its history."
            </p>
            <div class="register">
                <div class="register__name">
                    <TextField
                        id="threshold-model"
                        label="Model"
                        value=name
                        on_type=move |typed: String| name.set(typed)
                        word=None
                        disabled=fixed
                    />
                </div>
                <div class="register__name">
                    <TextField
                        id="threshold-why"
                        label="Why this threshold"
                        value=why
                        on_type=move |typed: String| why.set(typed)
                        word=None
                        disabled=fixed
                    />
                </div>
                <Button label="Save as a new version" on_press=keep disabled=cannot />
            </div>
            <div role="status" aria-label="Threshold kept">{outcome}</div>
        </div>
    }
}
