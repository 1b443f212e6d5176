//! How each model's best score grew with its trials.

use engine::tune::Trial;

use super::figure::{
    Choice, Figure, Kind, Picture, complete, ink_of, models_legend, no_trial_yet, score_axis,
};
use crate::charts::axis::Axis;
use crate::charts::plot::{Dot, Plot, Series, steps};
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::study_plots::{StudyTrials, item_of};

/// Optimisation history.
pub const KIND: Kind = Kind { name: "Optimisation history", figure, twin };

/// A dot a complete trial, a step line of the best so far, one colour a model.
fn figure(trials: &StudyTrials, _: &Choice) -> Result<Figure, String> {
    let (search, best) = best_of(trials).ok_or_else(no_trial_yet)?;
    let series = |search: usize| {
        let dots: Vec<Dot> = complete(trials, search)
            .map(|(trial, score)| Dot { x: number(trial), y: score, item: item_of(search, trial) })
            .collect();
        let mut best = f64::NEG_INFINITY;
        let so_far = dots.iter().map(|dot| {
            best = best.max(trials.shown(dot.y));
            (dot.x, trials.shown(best))
        });
        let line = steps(so_far);
        Series { lines: vec![line], ..Series::of_dots(ink_of(trials.model(search)), dots) }
    };
    let n_most = trials.all().map(|(_, trial)| number(trial)).fold(2.0, f64::max);
    let plot = Plot {
        x: Axis::whole("trial", (1.0, n_most)),
        y: score_axis(trials, trials.all().map(|(_, trial)| trial)),
        series: (0..trials.searches.len()).map(series).filter(|series| !series.dots.is_empty()).collect(),
    };
    let says = format!(
        "Best of these trials: number {} of {}, at {}.{}",
        best.number + 1,
        format::model_name(trials.model(search)),
        format::score(trials.shown(best.mean().unwrap_or_default())),
        plot.thinned()
    );
    Ok(Figure { says, picture: Picture::One(plot), legend: models_legend(trials) })
}

fn number(trial: &Trial) -> f64 {
    f64::from(trial.number + 1)
}

/// Of equal trials the first is best.
fn best_of(trials: &StudyTrials) -> Option<(usize, &Trial)> {
    let all = trials.all().filter(|(_, trial)| trial.mean().is_some());
    all.reduce(|best, next| if next.1.mean() > best.1.mean() { next } else { best })
}

fn twin(trials: &StudyTrials, _: &Choice) -> Twin {
    let columns = vec![
        Column::words("Model"),
        Column::numbers("Trial"),
        Column::numbers(trials.score_name()),
        Column::numbers("Best so far"),
    ];
    let mut rows = Vec::new();
    for search in 0..trials.searches.len() {
        let mut best = f64::NEG_INFINITY;
        for (trial, score) in complete(trials, search) {
            best = best.max(trials.shown(score));
            let name = format::model_name(trials.model(search)).to_owned();
            rows.push(vec![
                name,
                (trial.number + 1).to_string(),
                format!("{score:.4}"),
                format!("{:.4}", trials.shown(best)),
            ]);
        }
    }
    Twin { columns, rows }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{by_log_loss, study, two_models};
    use super::*;
    use crate::charts::scene::Mark;

    #[test]
    fn every_complete_trial_is_a_dot_and_every_model_a_line() {
        let figure = figure(&two_models(), &Choice::default()).unwrap();
        let Picture::One(plot) = &figure.picture else { panic!("one picture") };
        let n_dots: Vec<usize> = plot.series.iter().map(|series| series.dots.len()).collect();
        assert_eq!(n_dots, [3, 2], "pruned and failed trials have no score");
        assert_eq!(figure.says, "Best of these trials: number 3 of Logistic regression, at 0.820.");
        assert_eq!(figure.legend.len(), 2);
    }

    #[test]
    fn the_line_steps_up_and_never_down() {
        let figure = figure(&two_models(), &Choice::default()).unwrap();
        for mark in figure.picture.scene(640.0).marks {
            if let Mark::Line { points, .. } = mark {
                assert!(points.windows(2).all(|pair| pair[1].1 <= pair[0].1 && pair[1].0 >= pair[0].0));
            }
        }
    }

    #[test]
    fn a_loss_is_shown_as_it_is_and_falls() {
        let figure = figure(&by_log_loss(), &Choice::default()).unwrap();
        assert_eq!(figure.says, "Best of these trials: number 3 of Logistic regression, at 0.180.");
        let Picture::One(plot) = &figure.picture else { panic!("one picture") };
        assert_eq!(plot.y.name, "log loss");
        assert!(plot.series.iter().flat_map(|series| &series.dots).all(|dot| dot.y > 0.0));
        let falls = |line: &Vec<(f64, f64)>| line.windows(2).all(|pair| pair[1].1 <= pair[0].1);
        assert!(plot.series.iter().flat_map(|series| &series.lines).all(falls));
        assert_eq!(twin(&by_log_loss(), &Choice::default()).rows[1][2..], ["0.2100", "0.2000"]);
    }

    #[test]
    fn nothing_yet_is_said() {
        assert_eq!(figure(&study(), &Choice::default()), Err(no_trial_yet()));
    }

    #[test]
    fn the_table_says_the_best_so_far() {
        let rows = twin(&two_models(), &Choice::default()).rows;
        assert_eq!(rows[1], ["Logistic regression", "2", "0.7900", "0.8000"]);
        assert_eq!(rows.len(), 5);
    }
}
