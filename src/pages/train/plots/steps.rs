//! What each trial showed on its way: its mean after each fold, or on each subset of rows.

use engine::tune::Trial;

use super::figure::{Choice, Figure, Kind, Picture, ink_of, models_legend, no_trial_yet};
use crate::charts::axis::Axis;
use crate::charts::plot::{Dot, Plot, Series};
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::study_plots::{StudyTrials, item_of};

/// Intermediate values.
pub const KIND: Kind = Kind { name: "Intermediate values", figure, twin };
/// Most trials of a model whose way is drawn: the best, and the last.
const MAX_WAYS: usize = 200;

/// The means a trial showed, one after the other, each with its step from 1.
fn way(trial: &Trial) -> Vec<(usize, f64)> {
    let mut sum = 0.0;
    let running = trial.fold_scores().iter().zip(1..).map(|(score, n_folds)| {
        sum += score;
        sum / f64::from(n_folds)
    });
    match trial.rungs.is_empty() {
        true => (1..).zip(running).collect(),
        // On all rows it was seen whole, after the subsets.
        false => {
            let means = trial.rungs.iter().copied().chain([trial.mean()]);
            (1..).zip(means).filter_map(|(step, mean)| Some((step, mean?))).collect()
        }
    }
}

fn figure(trials: &StudyTrials, _: &Choice) -> Result<Figure, String> {
    let all = || trials.all().filter(|(_, trial)| !trial.fold_scores().is_empty());
    let n_steps = all()
        .filter_map(|(_, trial)| way(trial).last().map(|(step, _)| *step))
        .max()
        .ok_or_else(no_trial_yet)?;
    let by_subset = all().any(|(_, trial)| !trial.rungs.is_empty());
    let shown = |trial: &Trial| way(trial).into_iter().map(|(step, mean)| (step as f64, trials.shown(mean)));
    let mut n_hidden = 0;
    let mut series = Vec::new();
    for (search, own) in trials.searches.iter().enumerate() {
        let drawn = drawn(&own.trials);
        n_hidden += own.trials.iter().filter(|trial| !trial.fold_scores().is_empty()).count() - drawn.len();
        let lines: Vec<Vec<(f64, f64)>> = drawn.iter().map(|trial| shown(trial).collect()).collect();
        let ends = drawn.iter().zip(&lines).filter_map(|(trial, line)| {
            line.last().map(|(x, y)| Dot { x: *x, y: *y, item: item_of(search, trial) })
        });
        let dots = ends.collect();
        series.push(Series { lines, is_thin: true, ..Series::of_dots(ink_of(trials.model(search)), dots) });
    }
    let means = series.iter().flat_map(|series| series.lines.iter().flatten().map(|point| point.1));
    let y = Axis::around(format!("mean {} so far", trials.score_name()), means, 0.02);
    let x = if by_subset { "subset of rows" } else { "folds seen" };
    let n_pruned = trials.all().filter(|(_, trial)| trial.is_pruned()).count() as u64;
    let given_up = match n_pruned {
        0 => "No trial was given up on its way".to_owned(),
        _ => format!("{} given up on the way", format::counted(n_pruned, "trial was", "trials were")),
    };
    let hidden = match n_hidden {
        0 => String::new(),
        _ => format!(
            " Of each model the best {MAX_WAYS} are drawn, {} are not.",
            format::whole(n_hidden as u64)
        ),
    };
    let says = format!("{given_up}: a line ends where its trial did.{hidden}");
    let plot = Plot { x: Axis::whole(x, (1.0, n_steps.max(2) as f64)), y, series };
    Ok(Figure { says, picture: Picture::One(plot), legend: models_legend(trials) })
}

/// The trials whose way is drawn, in order.
fn drawn(trials: &[Trial]) -> Vec<&Trial> {
    let mut shown: Vec<(&Trial, f64)> =
        trials.iter().filter_map(|trial| Some((trial, way(trial).last()?.1))).collect();
    if shown.len() > MAX_WAYS {
        engine::num::stable_sort(&mut shown, |a, b| b.1.total_cmp(&a.1));
        shown.truncate(MAX_WAYS);
        engine::num::stable_sort(&mut shown, |a, b| a.0.number.cmp(&b.0.number));
    }
    shown.into_iter().map(|(trial, _)| trial).collect()
}

fn twin(trials: &StudyTrials, _: &Choice) -> Twin {
    let columns = vec![Column::words("Trial"), Column::numbers("Step"), Column::numbers("Mean so far")];
    let rows = trials.all().flat_map(|(search, trial)| {
        let name = trials.name(item_of(search, trial));
        let row =
            move |(step, mean): (usize, f64)| vec![name.clone(), step.to_string(), format!("{mean:.4}")];
        way(trial).into_iter().map(|(step, mean)| (step, trials.shown(mean))).map(row)
    });
    Twin { columns, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{scored, study, trial, two_models};
    use super::*;

    #[test]
    fn a_way_is_the_mean_of_the_folds_so_far() {
        let found = way(&trial(0, 1.0, None, scored(&[0.5, 0.7, 0.6])));
        assert!(found.iter().zip([0.5, 0.6, 0.6]).all(|(a, b)| (a.1 - b).abs() < 1e-12), "{found:?}");
        let halved = Trial { rungs: vec![None, Some(0.5)], ..trial(0, 1.0, None, scored(&[0.6, 0.8])) };
        assert_eq!(way(&halved), [(2, 0.5), (3, 0.7)], "the first subset was too small for it");
    }

    #[test]
    fn a_trial_given_up_ends_early_and_one_that_failed_is_not_drawn() {
        let Picture::One(plot) = figure(&two_models(), &Choice::default()).unwrap().picture else { panic!() };
        let lengths: Vec<usize> = plot.series[0].lines.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 2, 2, 1]);
        assert_eq!(plot.series[1].dots.len(), 2);
        assert!(figure(&study(), &Choice::default()).is_err());
    }

    #[test]
    fn of_many_trials_the_best_are_drawn_and_that_is_said() {
        let mut many = study();
        many.searches[0].trials = (0..MAX_WAYS as u32 + 30)
            .map(|number| trial(number, 1.0, None, scored(&[f64::from(number) / 1_000.0])))
            .collect();
        let figure = figure(&many, &Choice::default()).unwrap();
        assert!(figure.says.contains("30 are not"), "{}", figure.says);
        let Picture::One(plot) = figure.picture else { panic!() };
        assert_eq!(plot.series[0].dots[0].item, 30);
        assert_eq!(twin(&many, &Choice::default()).rows.len(), MAX_WAYS + 30);
    }
}
