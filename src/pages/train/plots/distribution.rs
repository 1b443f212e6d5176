//! What share of a study's trials score at most so much: of each model, or beside earlier studies of each study.

use super::figure::{Choice, Figure, Kind, Picture, complete, ink_of, models_legend, no_trial_yet};
use crate::charts::axis::Axis;
use crate::charts::plot::{Dot, Legend, Plot, Series, steps};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::study_plots::{StudyTrials, item_of};

/// Empirical distribution.
pub const KIND: Kind = Kind { name: "Distribution of scores", figure, twin };
/// What the study on the page is called beside others.
const THIS_STUDY: &str = "this study";

/// A line of the picture: what it is, its ink, and scores with the share of trials not above each.
type Curve = (String, Ink, Vec<(f64, f64)>);

fn curves(trials: &StudyTrials, choice: &Choice) -> Vec<Curve> {
    let scores = |search: usize| -> Vec<f64> { complete(trials, search).map(|(_, score)| score).collect() };
    if choice.others.is_empty() {
        let curve = |search: usize| {
            let model = trials.model(search);
            (format::model_name(model).to_owned(), ink_of(model), of_scores(&scores(search)))
        };
        return (0..trials.searches.len()).map(curve).filter(|(_, _, points)| !points.is_empty()).collect();
    }
    let others = choice.others.iter().zip(1..).map(|((name, held), place)| {
        let shown: Vec<f64> = held.iter().map(|score| trials.shown(*score)).collect();
        (name.clone(), Ink::Class(place + 1), of_scores(&shown))
    });
    let all: Vec<f64> = (0..trials.searches.len()).flat_map(scores).collect();
    [(THIS_STUDY.to_owned(), Ink::Class(2), of_scores(&all))].into_iter().chain(others).collect()
}

/// Each score once, ascending, with the share that does not lie above it.
fn of_scores(scores: &[f64]) -> Vec<(f64, f64)> {
    let mut sorted = scores.to_vec();
    engine::num::stable_sort(&mut sorted, |a, b| a.total_cmp(b));
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (place, score) in sorted.iter().enumerate() {
        let share = (place + 1) as f64 / sorted.len() as f64;
        match points.last_mut() {
            Some(last) if last.0 == *score => last.1 = share,
            _ => points.push((*score, share)),
        }
    }
    points
}

fn figure(trials: &StudyTrials, choice: &Choice) -> Result<Figure, String> {
    let curves = curves(trials, choice);
    let scores = || curves.iter().flat_map(|(_, _, points)| points.iter().map(|point| point.0));
    if scores().next().is_none() {
        return Err(no_trial_yet());
    }
    let x = Axis::around(trials.score_name(), scores(), 0.02);
    let end = x.value(1.0);
    let line = |(_, ink, points): &Curve| {
        let from = points.first().map(|(score, _)| (*score, 0.0));
        let points = from.into_iter().chain(points.iter().copied());
        let to_end = points.chain([(end, 1.0)]);
        Series { lines: vec![steps(to_end)], ..Series::new(*ink) }
    };
    let mut series: Vec<Series> =
        curves.iter().filter(|(_, _, points)| !points.is_empty()).map(line).collect();
    for (search, own) in series.iter_mut().enumerate().filter(|_| choice.others.is_empty()) {
        own.dots = places(trials, search, &curves);
        own.is_undotted = true;
    }
    let legend: Legend = match choice.others.is_empty() {
        true => models_legend(trials),
        false => curves.iter().map(|(name, ink, _)| (*ink, name.clone())).collect(),
    };
    let plot = Plot { x, y: Axis::even("share of trials", (0.0, 1.0)), series };
    let side = if trials.is_loss() { "left" } else { "right" };
    let says = format!(
        "The share of trials that score at most so much: the further {side} a line lies, the better."
    );
    Ok(Figure { says, picture: Picture::One(plot), legend })
}

/// Where on the line of the `place`-th model that has one its trials lie.
fn places(trials: &StudyTrials, place: usize, curves: &[Curve]) -> Vec<Dot> {
    let with_curve = |search: &usize| complete(trials, *search).next().is_some();
    let Some(search) = (0..trials.searches.len()).filter(with_curve).nth(place) else { return Vec::new() };
    let points = &curves[place].2;
    let dot = |(trial, score): (&engine::tune::Trial, f64)| {
        let at = points.partition_point(|point| point.0 < score);
        Dot { x: score, y: points.get(at).map_or(1.0, |point| point.1), item: item_of(search, trial) }
    };
    complete(trials, search).map(dot).collect()
}

fn twin(trials: &StudyTrials, choice: &Choice) -> Twin {
    let columns =
        vec![Column::words("Of"), Column::numbers(trials.score_name()), Column::numbers("Share not above")];
    let rows = curves(trials, choice).into_iter().flat_map(|(name, _, points)| {
        points
            .into_iter()
            .map(move |(score, share)| vec![name.clone(), format!("{score:.4}"), format!("{share:.4}")])
    });
    Twin { columns, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{by_log_loss, study, two_models};
    use super::*;

    #[test]
    fn alone_a_study_is_shown_by_model() {
        let figure = figure(&two_models(), &Choice::default()).unwrap();
        let Picture::One(plot) = figure.picture else { panic!() };
        assert_eq!((plot.series.len(), figure.legend.len()), (2, 2));
        let shares: Vec<f64> = plot.series[1].dots.iter().map(|dot| dot.y).collect();
        assert_eq!(shares, [0.5, 1.0]);
        assert!(plot.series.iter().all(|series| series.is_undotted));
    }

    #[test]
    fn beside_others_it_is_one_line() {
        let choice = Choice { others: vec![("calm-owl-7".into(), vec![0.6, 0.7, 0.6])], ..Choice::default() };
        let figure = figure(&two_models(), &choice).unwrap();
        let names: Vec<&str> = figure.legend.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, [THIS_STUDY, "calm-owl-7"]);
        let rows = twin(&two_models(), &choice).rows;
        assert_eq!(rows.last().unwrap(), &["calm-owl-7", "0.7000", "1.0000"]);
        assert!(rows.contains(&vec!["calm-owl-7".into(), "0.6000".into(), "0.6667".into()]));
    }

    #[test]
    fn scores_as_records_hold_them_give_what_trials_give() {
        let trials = two_models();
        let all: Vec<_> = trials.all().map(|(_, trial)| trial.clone()).collect();
        let scores: Vec<f64> = all.iter().filter_map(engine::tune::Trial::mean).collect();
        assert_eq!(of_scores(&scores), engine::tune::distribution(&all));
    }

    #[test]
    fn of_a_loss_the_better_lies_left() {
        let figure = figure(&by_log_loss(), &Choice::default()).unwrap();
        assert!(figure.says.contains("further left"), "{}", figure.says);
        let rows = twin(&by_log_loss(), &Choice::default()).rows;
        assert_eq!(rows[0], ["Logistic regression", "0.1800", "0.3333"]);
    }

    #[test]
    fn no_score_is_said() {
        assert_eq!(figure(&study(), &Choice::default()), Err(no_trial_yet()));
    }
}
