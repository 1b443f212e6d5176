//! Finished trials in; how each model's best score grew with its trials out.

use engine::models::ModelKind;

use super::scale::{Scale, decimals, ticks};
use super::scene::{Anchor, Ink, Mark, Scene};
use super::twin::{Column, Twin};
use crate::state::format;
use crate::state::views::HistoryPoint;

const HEIGHT: f64 = 232.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 38.0;
/// Room between two labels of the lower axis, in pixels.
const LABEL_ROOM: f64 = 56.0;
/// The axis never spans less, so that noise does not look like a landslide.
const SMALLEST_SPAN: f64 = 0.02;

/// The picture: a dot a trial, a step line of the best so far, one colour a model.
pub fn scene(points: &[HistoryPoint], width: f64) -> Scene {
    let y = Scale { domain: score_domain(points), range: (HEIGHT - BOTTOM, TOP) };
    let n_most = points.iter().map(|point| point.number + 1).max().unwrap_or(1);
    let x = Scale { domain: (1.0, f64::from(n_most.max(2))), range: (LEFT + 6.0, width - RIGHT) };
    let mut marks = axes(x, y, width);
    for model in models(points) {
        let ink = Ink::Model(Some(model));
        let own = || points.iter().filter(move |point| point.model == model);
        marks.extend(own().map(|point| Mark::Point {
            at: (x.at(trial(point)), y.at(point.value)),
            ink,
            says: format!(
                "{}, trial {}: {}",
                format::model_name(model),
                point.number + 1,
                format::score(point.value)
            ),
        }));
        marks.push(Mark::Line { points: steps(own(), x, y), ink });
    }
    Scene { width, height: HEIGHT, marks }
}

/// The same as a table.
pub fn twin(points: &[HistoryPoint]) -> Twin {
    let columns = vec![
        Column::words("Model"),
        Column::numbers("Trial"),
        Column::numbers("Macro F1"),
        Column::numbers("Best so far"),
    ];
    let row = |point: &HistoryPoint| {
        vec![
            format::model_name(point.model).to_owned(),
            (point.number + 1).to_string(),
            format!("{:.4}", point.value),
            format!("{:.4}", point.best),
        ]
    };
    Twin { columns, rows: points.iter().map(row).collect() }
}

/// What the picture means, in one sentence.
pub fn says(points: &[HistoryPoint]) -> String {
    let first_best = |best, next| if is_better(next, best) { next } else { best };
    let Some(best) = points.iter().reduce(first_best) else {
        return "The first trial is under way.".to_owned();
    };
    let name = format::model_name(best.model);
    format!("Best of these trials: number {} of {name}, at {}.", best.number + 1, format::score(best.value))
}

/// Of equal trials the first is best.
fn is_better(next: &HistoryPoint, best: &HistoryPoint) -> bool {
    next.value.total_cmp(&best.value).is_gt()
}

/// The models that have a trial, in the order they are always shown.
pub fn models(points: &[HistoryPoint]) -> impl Iterator<Item = ModelKind> {
    ModelKind::ALL.into_iter().filter(|model| points.iter().any(|point| point.model == *model))
}

fn trial(point: &HistoryPoint) -> f64 {
    f64::from(point.number + 1)
}

fn score_domain(points: &[HistoryPoint]) -> (f64, f64) {
    let low = points.iter().map(|point| point.value).fold(1.0, f64::min);
    let high = points.iter().map(|point| point.value).fold(0.0, f64::max);
    if high < low {
        return (0.0, 1.0);
    }
    let missing = (SMALLEST_SPAN - (high - low)).max(0.0) / 2.0;
    (low - missing, high + missing)
}

fn axes(x: Scale, y: Scale, width: f64) -> Vec<Mark> {
    let mut marks = Vec::new();
    let scores = ticks(y.domain.0, y.domain.1, 5);
    let places = decimals(&scores);
    for score in scores {
        let height = y.at(score);
        marks.push(Mark::Rule { from: (LEFT, height), to: (width - RIGHT, height), ink: Ink::Grid });
        let text = format!("{score:.places$}");
        marks.push(Mark::Text { at: (LEFT - 8.0, height + 4.0), anchor: Anchor::End, strong: false, text });
    }
    let n_labels = ((x.range.1 - x.range.0) / LABEL_ROOM).max(1.0) as usize;
    for number in ticks(x.domain.0, x.domain.1, n_labels).into_iter().filter(|tick| tick.fract() == 0.0) {
        let text = format!("{number:.0}");
        marks.push(Mark::Text {
            at: (x.at(number), HEIGHT - 20.0),
            anchor: Anchor::Middle,
            strong: false,
            text,
        });
    }
    let middle = (x.range.0 + x.range.1) / 2.0;
    marks.push(Mark::Text {
        at: (middle, HEIGHT - 4.0),
        anchor: Anchor::Middle,
        strong: false,
        text: "trial".into(),
    });
    marks
}

fn steps<'a>(points: impl Iterator<Item = &'a HistoryPoint>, x: Scale, y: Scale) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for point in points {
        let (across, height) = (x.at(trial(point)), y.at(point.best));
        if let Some(&(_, before)) = line.last()
            && before != height
        {
            line.push((across, before));
        }
        line.push((across, height));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(model: ModelKind, number: u32, value: f64, best: f64) -> HistoryPoint {
        HistoryPoint { model, number, value, best }
    }

    fn points() -> Vec<HistoryPoint> {
        vec![
            point(ModelKind::LinearSvc, 0, 0.80, 0.80),
            point(ModelKind::MultinomialNb, 0, 0.78, 0.78),
            point(ModelKind::LinearSvc, 1, 0.79, 0.80),
            point(ModelKind::LinearSvc, 2, 0.82, 0.82),
        ]
    }

    #[test]
    fn a_dot_for_every_trial_and_a_line_for_every_model() {
        let scene = scene(&points(), 640.0);
        let count = |wanted: fn(&Mark) -> bool| scene.marks.iter().filter(|mark| wanted(mark)).count();
        assert_eq!(count(|mark| matches!(mark, Mark::Point { .. })), 4);
        assert_eq!(count(|mark| matches!(mark, Mark::Line { .. })), 2);
    }

    #[test]
    fn the_line_steps_up_and_never_down() {
        let scene = scene(&points(), 640.0);
        for mark in &scene.marks {
            if let Mark::Line { points, .. } = mark {
                assert!(points.windows(2).all(|pair| pair[1].1 <= pair[0].1 && pair[1].0 >= pair[0].0));
            }
        }
    }

    #[test]
    fn every_mark_lies_inside_at_any_width() {
        for width in [260.0, 640.0, 1400.0] {
            for mark in scene(&points(), width).marks {
                if let Mark::Point { at: (x, y), .. } = mark {
                    assert!((0.0..=width).contains(&x) && (0.0..=HEIGHT).contains(&y), "{x} {y} at {width}");
                }
            }
        }
    }

    #[test]
    fn nothing_yet_is_a_picture_too() {
        assert_eq!(says(&[]), "The first trial is under way.");
        assert!(scene(&[], 300.0).marks.iter().all(|mark| !matches!(mark, Mark::Point { .. })));
    }

    #[test]
    fn the_sentence_names_the_best_trial() {
        assert_eq!(says(&points()), "Best of these trials: number 3 of Linear SVM, at 0.820.");
    }
}
