//! Would more labels help? The learning curve of the best setting, drawn when asked for, and its reading in words.

use engine::tune::{LearningPoint, MoreLabels as Reading};
use leptos::prelude::*;
use markup::view;

use crate::charts::axis::Axis;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::plot::{Dot, Plot, Series};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived};
use crate::state::format;
use crate::state::more_labels::{Curve, Stage, best_of, use_more_labels};
use crate::state::study_plots::use_study_plots;
use crate::state::training::Training;

/// What the curve measures.
const SCORE: &str = "macro F1";

/// The card; nothing before a trial has a score.
#[component]
pub fn MoreLabels(
    /// No curve is begun while its study runs.
    training: Training,
) -> View {
    let more_labels = use_more_labels();
    let plots = use_study_plots();
    let has_best = Derived::new(move || {
        plots.trials.with(|trials| trials.as_ref().is_some_and(|trials| best_of(trials).is_some()))
    });
    let curve = Derived::new(move || more_labels.curve());
    let disabled = Derived::new(move || training.is_running());
    let stage = Derived::new(move || curve.with(|curve| curve.stage.clone()));
    let draw = move || {
        view! {
            <div>
                <Button label="Draw the learning curve" on_press=move |()| more_labels.draw() disabled />
            </div>
        }
    };
    let stop = move || view! { <Button label="Stop the curve" on_press=move |()| more_labels.stop() /> };
    let control = move || match stage.get() {
        Stage::NotAsked => view! {
            <p class="lead">
                "The best setting learns from a tenth of the reviews, from a fifth, and so on up to all: does its score still grow?"
            </p>
            {draw()}
        },
        Stage::Reading => view! {
            <div class="row">
                <p role="status">"Counting the reviews again …"</p>
                {stop()}
            </div>
        },
        Stage::Drawing(n_done, n_all) => {
            let share = n_done as f64 / n_all.max(1) as f64;
            view! {
                <Progress name="Learning curve progress" share=Derived::from(share) />
                <div class="row">
                    <p class="note">{format!("{n_done} of {n_all} points")}</p>
                    {stop()}
                </div>
            }
        }
        Stage::Failed(text) => {
            view! { <Problem text on_retry=move |()| more_labels.draw() /> }
        }
        Stage::Drawn => draw(),
    };
    let has_points = Derived::new(move || curve.with(|curve| !curve.points.is_empty()));
    view! {
        <Show when=move || has_best.get()>
            <Card title="Would more labels help?" sub=Derived::new(move || curve.with(setting_words))>
                <div class="stack stack--tight">
                    <Show when=move || has_points.get()>
                        <Chart
                            name="Learning curve"
                            says=Derived::new(move || curve.with(says))
                            scene=Callback::new(move |width: f64| curve.with(|curve| plot(&curve.points).scene(width)))
                            twin=Derived::new(move || curve.with(|curve| twin(&curve.points)))
                            tell=Callback::new(move |at: u32| curve.with(|curve| tip(&curve.points, at)))
                            sentence=true
                        />
                    </Show>
                    {View::live(control)}
                </div>
            </Card>
        </Show>
    }
}

fn setting_words(curve: &Curve) -> String {
    match curve.setting {
        Some((model, number)) => format!("{}, trial {}", format::model_name(model), number + 1),
        None => "the learning curve of the best setting".to_owned(),
    }
}

fn says(curve: &Curve) -> String {
    match curve.stage {
        Stage::Drawn => Reading::read(&curve.points).sentence(),
        _ => "The first points of the curve are there.".to_owned(),
    }
}

fn plot(points: &[LearningPoint]) -> Plot {
    let most = points.iter().map(|point| point.n_rows).fold(1.0, f64::max);
    let ends = points.iter().flat_map(|point| [point.band().0, point.band().1]);
    let dot =
        |(at, point): (usize, &LearningPoint)| Dot { x: point.n_rows, y: point.mean(), item: at as u32 };
    let series = Series {
        lines: vec![points.iter().map(|point| (point.n_rows, point.mean())).collect()],
        band: points.iter().map(|point| (point.n_rows, point.band().0, point.band().1)).collect(),
        ..Series::of_dots(Ink::Class(2), points.iter().enumerate().map(dot).collect())
    };
    Plot {
        x: Axis::whole("reviews to learn from", (0.0, most)),
        y: Axis::around(SCORE, ends, 0.02),
        series: vec![series],
    }
}

fn tip(points: &[LearningPoint], at: u32) -> Tip {
    let words = |point: &LearningPoint| {
        let (low, high) = point.band();
        let n_rows = format::counted(point.n_rows.round() as u64, "review", "reviews");
        format!(
            "{n_rows}: {}, from {} to {}",
            format::score(point.mean()),
            format::score(low),
            format::score(high)
        )
    };
    Tip::words(points.get(at as usize).map(words).unwrap_or_default())
}

fn twin(points: &[LearningPoint]) -> Twin {
    let columns = ["Reviews", "Share", SCORE, "Lower end", "Upper end"].map(Column::numbers).to_vec();
    let row = |point: &LearningPoint| {
        let (low, high) = point.band();
        let scores = [point.mean(), low, high].map(|score| format!("{score:.4}"));
        [format!("{:.0}", point.n_rows), point.share.to_string()].into_iter().chain(scores).collect()
    };
    Twin { columns, rows: points.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::models::ModelKind;

    fn points() -> Vec<LearningPoint> {
        let point = |share: f64, folds: &[f64]| LearningPoint {
            share,
            n_rows: share * 1_000.0,
            fold_f1_macro: folds.to_vec(),
        };
        vec![point(0.1, &[0.5, 0.7]), point(0.5, &[0.6, 0.7]), point(1.0, &[0.7, 0.8])]
    }

    #[test]
    fn a_curve_has_a_band_and_a_dot_for_each_point() {
        let plot = plot(&points());
        assert_eq!((plot.series[0].dots.len(), plot.series[0].band.len()), (3, 3));
        let (_, low, high) = plot.series[0].band[2];
        assert!((low - 0.65).abs() < 1e-12 && (high - 0.85).abs() < 1e-12);
        assert_eq!(tip(&points(), 2).text, "1,000 reviews: 0.750, from 0.650 to 0.850");
        assert_eq!(twin(&points()).rows[0], ["100", "0.1", "0.6000", "0.4000", "0.8000"]);
    }

    #[test]
    fn a_curve_is_read_once_it_is_whole() {
        let curve =
            |stage| Curve { of: None, setting: Some((ModelKind::LinearSvc, 11)), stage, points: points() };
        assert_eq!(says(&curve(Stage::Drawn)), Reading::read(&points()).sentence());
        assert_eq!(says(&curve(Stage::Drawing(3, 6))), "The first points of the curve are there.");
        assert_eq!(setting_words(&curve(Stage::Drawn)), "Linear SVM, trial 12");
    }
}
