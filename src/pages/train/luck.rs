//! How much of the best scores is luck: weighed when asked for, beside the score on the test part, in plain words.

use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::tune::{Luck, MAX_LUCK_SETTINGS};
use leptos::prelude::*;
use markup::view;

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::figures::{ModelKey, ModelName, word_of_metric};
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::format;
use crate::state::live_study::LiveStudy;
use crate::state::luck::{LuckStage, use_luck};
use crate::state::tab::use_tab;
use crate::state::training::Training;

/// A model's luck and its score on the test part, by the study's metric.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weighed {
    model: ModelKind,
    luck: Luck,
    test: Option<f64>,
    metric: Metric,
}

/// The card; nothing before the study has ended with a score.
#[component]
pub fn HowMuchIsLuck(
    /// Whose study.
    training: Training,
) -> View {
    let luck = use_luck();
    let tab = use_tab();
    let has_ended = Derived::new(move || {
        training.live.with(|live| live.loaded().is_some_and(|live| live.has_ended() && live.best.is_some()))
    });
    let weighed =
        Derived::new(move || training.live.with(|live| live.loaded().map(weighed_of).unwrap_or_default()));
    let metric = Derived::new(move || {
        training.live.with(|live| live.loaded().map_or(Metric::default(), |live| live.metric))
    });
    let of_metric = move || view! { <Term word=word_of_metric(metric.get()) /> };
    let less = move || if metric.get().is_loss() { ": less is better." } else { "." };
    let disabled = Derived::new(move || tab.is_reader());
    let stage = Derived::new(move || luck.stage());
    let weigh = move || {
        view! {
            <div>
                <Button label="Weigh the luck" on_press=move |()| luck.weigh() disabled />
            </div>
        }
    };
    let stop = move || view! { <Button label="Stop weighing" on_press=move |()| luck.stop() /> };
    let control = move || match stage.get() {
        LuckStage::NotAsked if weighed.with(|weighed| !weighed.is_empty()) => View::nothing(),
        LuckStage::NotAsked => view! {
            <p class="lead">
                "The best of many settings is also the luckiest one: its score promises more than new reviews will show. All settings are scored again on reviews drawn anew, to say by how much."
            </p>
            {weigh()}
        },
        LuckStage::Reading => view! {
            <div class="row">
                <p role="status">"Counting the reviews again …"</p>
                {stop()}
            </div>
        },
        LuckStage::Weighing(n_done, n_all) => {
            let share = n_done as f64 / n_all.max(1) as f64;
            view! {
                <Progress name="Luck progress" share=Derived::from(share) />
                <div class="row">
                    <p class="note">{format!("{n_done} of {n_all} models")}</p>
                    {stop()}
                </div>
            }
        }
        LuckStage::Failed(text) => view! { <Problem text on_retry=move |()| luck.weigh() /> },
    };
    view! {
        <Show when=move || has_ended.get()>
            <Card title="How much is luck?" sub="what the best of many settings really is worth">
                <div class="stack stack--tight">
                    <p class="note">"Weighed by " {of_metric} {less}</p>
                    <Show when=move || weighed.with(|weighed| !weighed.is_empty())>
                        <Table weighed />
                    </Show>
                    {View::live(control)}
                </div>
            </Card>
        </Show>
    }
}

fn weighed_of(live: &LiveStudy) -> Vec<Weighed> {
    let metric = live.metric;
    let test = |model| live.rows.iter().find(|row| row.model == Some(model)).and_then(|row| row.test);
    let weighed = |(model, luck): &(ModelKind, Luck)| {
        let (model, luck) = (*model, *luck);
        Weighed { model, luck, test: test(model), metric }
    };
    let mut found: Vec<Weighed> = live.luck.iter().map(weighed).collect();
    let expected = |weighed: &Weighed| metric.signed(weighed.luck.corrected);
    found.sort_by(|a, b| expected(b).total_cmp(&expected(a)));
    found
}

#[component]
fn Table(weighed: Derived<Vec<Weighed>>) -> View {
    let line = |Weighed { model, luck, test, .. }: Weighed| {
        let interval = format!("{} to {}", format::score(luck.low), format::score(luck.high));
        view! {
            <tr>
                <th scope="row"><span class="lead-model"><ModelKey model=Some(model) /><ModelName model=Some(model) /></span></th>
                <td class="number">{format::whole(u64::from(luck.n_settings))}</td>
                <td class="number">{format::score(luck.apparent)}</td>
                <td class="number">{format!("{:+.3}", luck.corrected - luck.apparent)}</td>
                <td class="number"><b>{format::score(luck.corrected)}</b> <span class="metric__spread">{format!(" {interval}")}</span></td>
                <td class="number">{test.map_or_else(|| "–".to_owned(), format::score)}</td>
            </tr>
        }
    };
    let lines = move || weighed.get().into_iter().map(line).collect::<View>();
    let verdict = move || weighed.with(|weighed| weighed.first().map(words));
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Luck, all columns">
            <table class="table" aria-label="Luck">
                <thead>
                    <tr>
                        <th scope="col">"Model"</th>
                        <th scope="col" class="number">"Settings"</th>
                        <th scope="col" class="number">"Best seems"</th>
                        <th scope="col" class="number"><Term word=Word::Luck text="Luck" /></th>
                        <th scope="col" class="number">"Expect"</th>
                        <th scope="col" class="number"><Term word=Word::TestPart text="Test" /></th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
        <p class="note">{verdict}</p>
    }
}

/// What is to be thought of the best model.
fn words(Weighed { model, luck, test, metric }: &Weighed) -> String {
    let (seems, expect) = (format::score(luck.apparent), format::score(luck.corrected));
    let settings = match luck.n_settings {
        1 => "One setting was tried".to_owned(),
        many => {
            format!("Of {} settings that answer differently the best was taken", format::whole(many.into()))
        }
    };
    let model = format::model_name(*model);
    let expectation = match luck.flattery(*metric) {
        flattery if flattery >= 0.0005 => format!(
            "{settings}: {model} seems to score {seems}, of which {flattery:.3} is luck. On new reviews expect {expect}, likely between {} and {}.",
            format::score(luck.low),
            format::score(luck.high)
        ),
        _ => format!("{settings}: {model} scores {seems}, and none of that is luck."),
    };
    let test = test.map(|test| {
        let (score, is_within) = (format::score(test), (luck.low..=luck.high).contains(&test));
        let verdict = if is_within { "which fits" } else { "which lies outside: other reviews, other luck" };
        format!(" The test part, never looked at while choosing, says {score}, {verdict}.")
    });
    let bound = (luck.n_settings as usize >= MAX_LUCK_SETTINGS)
        .then(|| format!(" The first {} settings were weighed.", format::whole(MAX_LUCK_SETTINGS as u64)));
    [Some(expectation), test, bound].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_svm(luck: Luck, test: Option<f64>, metric: Metric) -> Weighed {
        Weighed { model: ModelKind::LinearSvc, luck, test, metric }
    }

    #[test]
    fn of_a_loss_what_seems_is_less_than_what_is_to_be_expected() {
        let luck = Luck { apparent: 0.328, corrected: 0.337, low: 0.31, high: 0.36, n_settings: 57 };
        let said = words(&of_svm(luck, None, Metric::LogLoss));
        assert!(
            said.contains("seems to score 0.328, of which 0.009 is luck. On new reviews expect 0.337"),
            "{said}"
        );
        let other = Luck { apparent: 0.337, corrected: 0.328, ..luck };
        assert!(words(&of_svm(other, None, Metric::LogLoss)).ends_with("none of that is luck."));
    }

    #[test]
    fn luck_is_said_in_words() {
        let luck = Luck { apparent: 0.812, corrected: 0.803, low: 0.789, high: 0.815, n_settings: 57 };
        assert_eq!(
            words(&of_svm(luck, Some(0.81), Metric::F1Macro)),
            "Of 57 settings that answer differently the best was taken: Linear SVM seems to score 0.812, of which 0.009 is luck. \
             On new reviews expect 0.803, likely between 0.789 and 0.815. The test part, never looked at while choosing, says \
             0.810, which fits."
        );
        let none = Luck { apparent: 0.8, corrected: 0.801, n_settings: 1, ..luck };
        assert_eq!(
            words(&of_svm(none, Some(0.9), Metric::F1Macro)),
            "One setting was tried: Linear SVM scores 0.800, and none of that is luck. The test part, never looked at while \
             choosing, says 0.900, which lies outside: other reviews, other luck."
        );
    }
}
