//! All parameters of a model side by side with the score; what is brushed of each axis, by pointer or by keys.

use engine::num::stable_sort;
use leptos::prelude::*;
use markup::view;

use super::figure::{complete, no_trial_yet, nothing_searched, param_axis, score_axis};
use super::slice::coordinate;
use super::told;
use crate::charts::axis::Axis;
use crate::charts::brush::ParallelChart;
use crate::charts::parallel::{Brushes, MAX_LINES, Parallel, Row};
use crate::charts::surface::shades_legend;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::study_plots::{StudyPlots, StudyTrials, item_of, searched_params};

/// The axes with the complete trials that have every parameter, the best first; and how many lack one.
fn parallel(trials: &StudyTrials, search: usize) -> Result<(Parallel, usize), String> {
    let names = searched_params(trials, search);
    if names.is_empty() {
        return Err(nothing_searched());
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut n_all = 0;
    for (trial, score) in complete(trials, search) {
        n_all += 1;
        let values: Option<Vec<f64>> =
            names.iter().map(|name| coordinate(trials, search, trial, *name)).collect();
        if let Some(mut values) = values {
            values.push(score);
            rows.push(Row { values, item: item_of(search, trial) });
        }
    }
    if n_all == 0 {
        return Err(no_trial_yet());
    }
    let n_lacking = n_all - rows.len();
    stable_sort(&mut rows, |a, b| trials.better_first(a.values[names.len()], b.values[names.len()]));
    let space = &trials.spec.searches[search];
    let axes = names.iter().filter_map(|name| Some(param_axis(*name, space.range(*name)?)));
    let score = score_axis(trials, complete(trials, search).map(|(trial, _)| trial));
    let axes: Vec<Axis> = axes.chain([score]).collect();
    let parallel = Parallel { shaded: axes.len() - 1, is_less_better: trials.is_loss(), axes, rows };
    Ok((parallel, n_lacking))
}

/// What the picture means.
fn says(parallel: &Parallel, n_lacking: usize, brushes: &Brushes) -> String {
    let n_rows = parallel.rows.len();
    let n_within = parallel.within(brushes).count();
    let best = parallel.within(brushes).next().and_then(|row| row.values.last());
    let within = match best {
        Some(best) if brushes.iter().any(Option::is_some) => format!(
            "{} of {} lie within what is brushed; the best of them scores {}.",
            format::whole(n_within as u64),
            format::counted(n_rows as u64, "trial", "trials"),
            format::score(*best)
        ),
        Some(_) => {
            "A line is a trial: stronger is better. Drag along an axis to keep a part of it.".to_owned()
        }
        None => "No trial lies within what is brushed.".to_owned(),
    };
    let lacking = match n_lacking {
        0 => String::new(),
        n_lacking => {
            let words = format::counted(n_lacking as u64, "trial lacks", "trials lack");
            format!(" {words} a parameter and {} left out.", if n_lacking == 1 { "is" } else { "are" })
        }
    };
    let bound = match n_rows > MAX_LINES {
        true => format!(" The best {} are drawn.", format::whole(MAX_LINES as u64)),
        false => String::new(),
    };
    format!("{within}{lacking}{bound}")
}

/// The picture with its brushes.
#[component]
pub fn AllParameters(plots: StudyPlots) -> View {
    let found = Derived::new(move || {
        plots.trials.with(|trials| {
            let trials = trials.as_ref().ok_or_else(no_trial_yet)?;
            parallel(trials, plots.shown_search(trials))
        })
    });
    let says = move |brushes: Brushes| {
        found.with(|found| match found {
            Ok((parallel, n_lacking)) => says(parallel, *n_lacking, &brushes),
            Err(_) => String::new(),
        })
    };
    let name = move |item: u32| {
        plots.trials.with(|trials| trials.as_ref().map(|trials| trials.name(item))).unwrap_or_default()
    };
    let drawn = Derived::new(move || found.with(|found| found.clone().map(|(parallel, _)| parallel)));
    view! {
        <ParallelChart
            found=drawn
            brushed=plots.brushes
            says
            what="Trial"
            name_of=name
            tell=move |item: u32| told(plots, item)
            legend=shades_legend("worse score".to_owned(), "better score".to_owned())
        />
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{study, two_models};
    use super::*;

    #[test]
    fn trials_without_a_parameter_are_left_out_and_counted() {
        let (found, n_lacking) = parallel(&two_models(), 0).unwrap();
        let names: Vec<&str> = found.axes.iter().map(|axis| axis.name.as_str()).collect();
        assert_eq!(names, ["C", "vectorizer", "norm", "macro F1"]);
        let items: Vec<u32> = found.rows.iter().map(|row| row.item).collect();
        assert_eq!((items, n_lacking), (vec![2, 0], 1), "the best first");
        let none = vec![None; 4];
        assert!(says(&found, n_lacking, &none).ends_with("1 trial lacks a parameter and is left out."));
    }

    #[test]
    fn what_is_brushed_is_counted() {
        let (found, _) = parallel(&two_models(), 0).unwrap();
        let brushes = vec![Some((0.5, 1.0)), None, None, None];
        assert_eq!(
            says(&found, 0, &brushes),
            "1 of 2 trials lie within what is brushed; the best of them scores 0.820."
        );
        let nothing = vec![Some((0.9, 1.0)), None, None, None];
        assert_eq!(says(&found, 0, &nothing), "No trial lies within what is brushed.");
        assert_eq!(parallel(&study(), 0), Err(no_trial_yet()));
    }
}
