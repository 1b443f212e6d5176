//! One metric of many runs: a bar each, boxes of groups, a line of fold scores each.

use engine::num::stable_sort;
use track::filter::Key;
use track::run::Run;

use super::scatter::models_legend;
use super::set::{Measured, RunSet, axis_name};
use super::{Drawn, no_run_has};
use crate::charts::axis::{Axis, AxisKind};
use crate::charts::bars::Amount;
use crate::charts::boxes::{self, Group};
use crate::charts::hover::Tip;
use crate::charts::picture::{Figure, Picture};
use crate::charts::plot::{Dot, Plot, Series};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::metric_sense::Sense;
use crate::state::record_views::model_of;

/// Most bars.
pub const MAX_BARS: usize = 30;
/// Most lines of folds.
pub const MAX_FOLD_LINES: usize = 60;
/// Most groups of a box plot.
pub const MAX_GROUPS: usize = 24;
/// An axis of scores never spans less.
const LEAST_SPAN: f64 = 0.02;

/// Runs with their value, the best first (the highest where neither is better), by their place in the set.
pub fn ranked(set: &RunSet, metric: &str) -> Vec<(usize, f64)> {
    let value = |(place, run): (usize, &Run)| Some((place, *run.metrics.get(metric)?));
    let mut ranked: Vec<(usize, f64)> = set.iter().enumerate().filter_map(value).collect();
    let sense = Sense::of(metric);
    stable_sort(&mut ranked, |a, b| sense.better_first(a.1, b.1));
    ranked
}

/// A bar for each of the best runs; the second part says which run each is.
pub fn bars(set: &RunSet, metric: &str) -> (Drawn, Vec<u32>) {
    let ranked = ranked(set, metric);
    let key = Key::Metric(metric.to_owned());
    if ranked.is_empty() {
        return (Err(no_run_has(&[&key])), Vec::new());
    }
    let shown = &ranked[..ranked.len().min(MAX_BARS)];
    let amount = |(place, value): &(usize, f64)| {
        let run = set.get(*place)?;
        let shown = format::short(*value);
        Some(Amount { name: run.name.clone(), value: value.max(0.0), shown, ink: Ink::Model(model_of(run)) })
    };
    let first = if Sense::of(metric) == Sense::Neither { "highest" } else { "best" };
    let most = match ranked.len() > MAX_BARS {
        true => format!("The {first} {MAX_BARS} of {} runs", format::whole(ranked.len() as u64)),
        false => format::counted(ranked.len() as u64, "run", "runs"),
    };
    let says = format!("{most} by {}, the {first} first.", axis_name(&key));
    let picture = Picture::Bars { amounts: shown.iter().filter_map(amount).collect(), full: None };
    let items = shown.iter().map(|(place, _)| *place as u32).collect();
    (Ok(Figure { says, picture, legend: models_legend(&set.models()) }), items)
}

/// Groups of runs by `by`, each with its values of `value`.
pub fn boxes_of(set: &RunSet, value: &Key, by: &Key) -> Result<Vec<Group>, String> {
    let (values, groups) = (set.measured(value), set.measured(by));
    let mut found: Vec<(f64, Group)> = Vec::new();
    let is_model = matches!(by, Key::Param(name) if name == "model");
    for (place, run) in set.iter().enumerate() {
        let (Some(value), Some(group)) = (values.values[place], groups.values[place]) else { continue };
        match found.iter_mut().find(|(known, _)| *known == group) {
            Some((_, known)) => known.values.push(value),
            None => {
                let ink = if is_model { Ink::Model(model_of(run)) } else { Ink::Neutral };
                let name = groups.axis.words(group);
                found.push((group, Group { name, ink, values: vec![value], item: place as u32 }));
            }
        }
    }
    if found.is_empty() {
        return Err(no_run_has(&[value, by]));
    }
    if found.len() > MAX_GROUPS {
        return Err(format!(
            "{} has {} values, more than the {MAX_GROUPS} boxes that can be told apart: group by another.",
            groups.axis.name,
            format::whole(found.len() as u64)
        ));
    }
    stable_sort(&mut found, |a, b| a.0.total_cmp(&b.0));
    Ok(found.into_iter().map(|(_, group)| group).collect())
}

/// What is said of the box that begins with the run at a place.
pub fn box_tip(set: &RunSet, value: &Key, by: &Key, item: u32) -> Tip {
    let groups = boxes_of(set, value, by).unwrap_or_default();
    let Some(group) = groups.iter().find(|group| group.item == item) else { return Tip::default() };
    let median =
        boxes::five_numbers(&group.values).map(|numbers| format::short(numbers[2])).unwrap_or_default();
    let runs = format::counted(group.values.len() as u64, "run", "runs");
    Tip::words(format!("{}: {runs}, median {median}", group.name))
}

/// A box for each group.
pub fn boxes(set: &RunSet, value: &Key, by: &Key) -> Drawn {
    let mut groups = boxes_of(set, value, by)?;
    let says = format!(
        "{} of runs with the same {}: the box holds the middle half, its line the median.",
        axis_name(value),
        axis_name(by)
    );
    // A dot for each of thousands hides the box: their ends and a sample are drawn.
    groups.iter_mut().for_each(|group| group.values = sample(&group.values));
    Ok(Figure { says, picture: Picture::Boxes { groups, measure: axis_name(value) }, legend: Vec::new() })
}

/// Most dots of one box. A sample keeps the five numbers: evenly spaced quantiles, the ends among them.
const MAX_BOX_DOTS: usize = 201;

fn sample(values: &[f64]) -> Vec<f64> {
    if values.len() <= MAX_BOX_DOTS {
        return values.to_vec();
    }
    let mut sorted = values.to_vec();
    stable_sort(&mut sorted, |a, b| a.total_cmp(b));
    let share = |step: usize| step as f64 / (MAX_BOX_DOTS - 1) as f64;
    (0..MAX_BOX_DOTS).filter_map(|step| engine::stats::quantile(&sorted, share(step))).collect()
}

/// The boxes as a table.
pub fn boxes_twin(set: &RunSet, value: &Key, by: &Key) -> Twin {
    let groups = boxes_of(set, value, by).unwrap_or_default();
    boxes::twin(&groups, "Group", |group| group.name.clone())
}

/// Runs with folds, the best mean first.
fn with_folds(set: &RunSet) -> Vec<(usize, &Run)> {
    let mean = |run: &Run| run.folds.iter().map(|fold| fold.f1_macro).sum::<f64>() / run.folds.len() as f64;
    let mut runs: Vec<(usize, &Run)> =
        set.iter().enumerate().filter(|(_, run)| !run.folds.is_empty()).collect();
    stable_sort(&mut runs, |a, b| mean(b.1).total_cmp(&mean(a.1)));
    runs
}

/// A line of fold scores for each of the best runs that have them.
pub fn folds(set: &RunSet) -> Drawn {
    let runs = with_folds(set);
    if runs.is_empty() {
        return Err("No run shown has fold scores: trials have them, studies and fits do not.".to_owned());
    }
    let shown = &runs[..runs.len().min(MAX_FOLD_LINES)];
    let mut series: Vec<Series> = Vec::new();
    for (place, run) in shown {
        let ink = Ink::Model(model_of(run));
        let points = run.folds.iter().enumerate().map(|(fold, score)| ((fold + 1) as f64, score.f1_macro));
        let points: Vec<(f64, f64)> = points.collect();
        let dots = points.iter().map(|(x, y)| Dot { x: *x, y: *y, item: *place as u32 });
        if series.iter().all(|known| known.ink != ink) {
            series.push(Series { is_thin: shown.len() > 8, ..Series::new(ink) });
        }
        if let Some(known) = series.iter_mut().find(|known| known.ink == ink) {
            known.dots.extend(dots);
            known.lines.push(points);
        }
    }
    let all = || shown.iter().flat_map(|(_, run)| run.folds.iter().map(|fold| fold.f1_macro));
    let most = shown.iter().map(|(_, run)| run.folds.len()).max().unwrap_or(1);
    let plot = Plot {
        x: Axis { name: "fold".into(), kind: AxisKind::Whole(1.0, most as f64) },
        y: Axis::around("macro F1", all(), LEAST_SPAN),
        series,
    };
    let bound = match runs.len() > MAX_FOLD_LINES {
        true => format!(" The best {MAX_FOLD_LINES} of {} are drawn.", format::whole(runs.len() as u64)),
        false => String::new(),
    };
    let says =
        format!("The score of each fold that was held out: lines that cross are hard to tell apart.{bound}");
    Ok(Figure { says, picture: Picture::One(plot), legend: models_legend(&set.models()) })
}

/// The fold scores as a table.
pub fn folds_twin(set: &RunSet) -> Twin {
    let runs = with_folds(set);
    let most = runs.iter().map(|(_, run)| run.folds.len()).max().unwrap_or(0);
    let folds = (1..=most).map(|fold| Column::numbers(format!("Fold {fold}")));
    let columns = [Column::words("Run")].into_iter().chain(folds).collect();
    let row = |(_, run): &(usize, &Run)| {
        let cell = |fold: usize| run.folds.get(fold).map(|score| format!("{:.4}", score.f1_macro));
        let cells = (0..most).map(|fold| cell(fold).unwrap_or_default());
        [run.name.clone()].into_iter().chain(cells).collect()
    };
    Twin { columns, rows: runs.iter().map(row).collect() }
}

/// The bars as a table: all runs, the best first.
pub fn bars_twin(set: &RunSet, metric: &str) -> Twin {
    let Measured { axis, .. } = set.measured(&Key::Metric(metric.to_owned()));
    let row = |(place, value): (usize, f64)| Some(vec![set.get(place)?.name.clone(), value.to_string()]);
    Twin {
        columns: vec![Column::words("Run"), Column::numbers(axis.name)],
        rows: ranked(set, metric).into_iter().filter_map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::set::samples::{fit, four, set};
    use super::*;

    #[test]
    fn the_best_bar_is_first_whichever_way_is_better() {
        let (drawn, items) = bars(&four(), "test_f1");
        assert_eq!(items, [1, 2, 0, 3]);
        assert_eq!(drawn.map(|figure| figure.says), Ok("4 runs by test F1, the best first.".to_owned()));
        let mut runs = vec![fit(1, "LinearSVC", 1.0, 0.8), fit(2, "LinearSVC", 1.0, 0.8)];
        runs[0].metrics.insert("cv_log_loss".into(), 0.9);
        runs[1].metrics.insert("cv_log_loss".into(), 0.4);
        runs[1].metrics.insert("n_terms".into(), 900.0);
        let runs = set(runs);
        assert_eq!(bars(&runs, "cv_log_loss").1, [1, 0]);
        assert!(bars(&runs, "n_terms").0.unwrap().says.ends_with("the highest first."));
        assert!(bars(&four(), "log_loss").0.is_err());
    }

    #[test]
    fn of_many_runs_the_best_have_a_bar_and_all_a_row() {
        let many = set((0..90).map(|n| fit(n, "LinearSVC", 1.0, 0.5 + f64::from(n) / 500.0)).collect());
        let (drawn, items) = bars(&many, "test_f1");
        assert_eq!((items.len(), items[0]), (MAX_BARS, 89));
        assert!(drawn.unwrap().says.starts_with("The best 30 of 90 runs"));
        assert_eq!(bars_twin(&many, "test_f1").rows.len(), 90);
    }

    #[test]
    fn boxes_stand_in_order_and_too_many_are_refused() {
        let value = Key::Metric("test_f1".into());
        let groups = boxes_of(&four(), &value, &Key::Param("model".into())).unwrap();
        let named: Vec<(&str, usize)> =
            groups.iter().map(|one| (one.name.as_str(), one.values.len())).collect();
        assert_eq!(named, [("Linear SVM", 1), ("Logistic regression", 2), ("Naive Bayes", 1)]);
        let many = set((0..40).map(|n| fit(n, "LinearSVC", f64::from(n) + 1.0, 0.8)).collect());
        assert!(boxes(&many, &value, &Key::Param("C".into())).is_err());
    }

    #[test]
    fn a_sample_keeps_quartiles() {
        let values: Vec<f64> = (0..5_001).map(f64::from).rev().collect();
        assert_eq!(boxes::five_numbers(&sample(&values)), boxes::five_numbers(&values));
        assert_eq!(sample(&[1.0, 3.0, 2.0]), [1.0, 3.0, 2.0]);
    }

    #[test]
    fn folds_are_lines() {
        let Ok(Figure { picture: Picture::One(plot), .. }) = folds(&four()) else { panic!("lines") };
        assert_eq!(plot.series.iter().map(|series| series.lines.len()).sum::<usize>(), 4);
        assert_eq!(folds_twin(&four()).rows[0], ["run-2", "0.8200", "0.8400"]);
        assert!(folds(&set(Vec::new())).is_err());
    }
}
