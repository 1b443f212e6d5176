//! Two parameters at a time: the score as a surface (contour), and each trial by its rank.
//!
//! Trials that lack one of the two are in neither.

use engine::tune::{ParamName, Trial, ranks};

use super::figure::{Choice, Figure, Kind, Picture, complete, no_trial_yet, nothing_searched, param_axis};
use super::slice::coordinate;
use crate::charts::axis::Axis;
use crate::charts::plot::{Dot, Plot, Series};
use crate::charts::scene::{Ink, N_SHADES};
use crate::charts::surface::{Surface, shaded, shades_legend};
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::study_plots::{StudyTrials, item_of, value_words};

/// Contour.
pub const CONTOUR: Kind = Kind { name: "Contour", figure: contour, twin };
/// Rank.
pub const RANK: Kind = Kind { name: "Rank", figure: rank, twin };

/// A trial with both parameters.
struct Placed<'a> {
    trial: &'a Trial,
    x: f64,
    y: f64,
    score: f64,
}

/// Both axes, and the complete trials that have both parameters.
fn placed<'a>(trials: &'a StudyTrials, choice: &Choice) -> Result<(Axis, Axis, Vec<Placed<'a>>), String> {
    let search = choice.search;
    let (across, up) = choice.params.ok_or_else(nothing_searched)?;
    let spec = trials.spec.searches.get(search).ok_or_else(nothing_searched)?;
    let axis =
        |name: ParamName| spec.range(name).map(|range| param_axis(name, range)).ok_or_else(nothing_searched);
    let place = |(trial, score): (&'a Trial, f64)| {
        let x = coordinate(trials, search, trial, across)?;
        let y = coordinate(trials, search, trial, up)?;
        Some(Placed { trial, x, y, score })
    };
    let placed: Vec<Placed> = complete(trials, search).filter_map(place).collect();
    if placed.is_empty() {
        return Err(no_trial_yet());
    }
    Ok((axis(across)?, axis(up)?, placed))
}

/// What is said of trials that are not in the picture.
fn left_out(trials: &StudyTrials, search: usize, n_placed: usize) -> String {
    match complete(trials, search).count() - n_placed {
        0 => String::new(),
        n_left_out => format!(
            " {} of the two parameters and {} left out.",
            format::counted(n_left_out as u64, "trial lacks one", "trials lack one"),
            if n_left_out == 1 { "is" } else { "are" }
        ),
    }
}

fn contour(trials: &StudyTrials, choice: &Choice) -> Result<Figure, String> {
    let (x, y, placed) = placed(trials, choice)?;
    // Stronger is better: of a loss its negative is shaded.
    let points: Vec<(f64, f64, f64)> = placed.iter().map(|at| (at.x, at.y, trials.shown(at.score))).collect();
    let Surface { series: cells, ends: (low, high) } = shaded(&x, &y, &points);
    let dots = placed.iter().map(|at| Dot { x: at.x, y: at.y, item: item_of(choice.search, at.trial) });
    let dots = Series::of_dots(Ink::Neutral, dots.collect());
    let series = cells.into_iter().chain([dots]).collect();
    let plot = Plot { x, y, series };
    let says = format!(
        "The mean {} around each pair of values: stronger is better, empty is untried.{}{}",
        trials.score_name(),
        left_out(trials, choice.search, placed.len()),
        plot.thinned()
    );
    let legend = shades_legend(format::score(trials.shown(low)), format::score(trials.shown(high)));
    Ok(Figure { says, picture: Picture::One(plot), legend })
}

fn rank(trials: &StudyTrials, choice: &Choice) -> Result<Figure, String> {
    let (x, y, placed) = placed(trials, choice)?;
    let own: Vec<Trial> = placed.iter().map(|at| at.trial.clone()).collect();
    let mut shaded: Vec<Vec<Dot>> = vec![Vec::new(); N_SHADES];
    for (at, rank) in placed.iter().zip(ranks(&own)) {
        if let Ink::Shade(step) = Ink::of_share(rank.unwrap_or(1.0)) {
            shaded[step].push(Dot { x: at.x, y: at.y, item: item_of(choice.search, at.trial) });
        }
    }
    let series = shaded.into_iter().enumerate().map(|(step, dots)| Series::of_dots(Ink::Shade(step), dots));
    let plot = Plot { x, y, series: series.collect() };
    let says = format!(
        "Every finished trial by two of its values: the better its rank, the stronger.{}{}",
        left_out(trials, choice.search, placed.len()),
        plot.thinned()
    );
    Ok(Figure {
        says,
        picture: Picture::One(plot),
        legend: shades_legend("worst".to_owned(), "best".to_owned()),
    })
}

fn twin(trials: &StudyTrials, choice: &Choice) -> Twin {
    let (x, y) = choice.params.map_or(("", ""), |(x, y)| (x.as_str(), y.as_str()));
    let columns = [
        Column::numbers("Trial"),
        Column::numbers(x),
        Column::numbers(y),
        Column::numbers(trials.score_name()),
    ]
    .to_vec();
    let Ok((_, _, placed)) = placed(trials, choice) else { return Twin { columns, rows: Vec::new() } };
    let row = |at: &Placed| {
        let value = |name: ParamName| at.trial.setting.get(&name).map(value_words).unwrap_or_default();
        let (x, y) = choice.params.map(|(x, y)| (value(x), value(y))).unwrap_or_default();
        vec![(at.trial.number + 1).to_string(), x, y, format!("{:.4}", at.score)]
    };
    Twin { columns, rows: placed.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{study, two_models};
    use super::*;
    use crate::charts::surface::N_ACROSS;

    fn of(params: Option<(ParamName, ParamName)>) -> Choice {
        Choice { params, ..Choice::default() }
    }

    fn plot_of(kind: &Kind, params: (ParamName, ParamName)) -> Plot {
        match (kind.figure)(&two_models(), &of(Some(params))).unwrap().picture {
            Picture::One(plot) => plot,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_contour_has_cells_near_trials_alone() {
        let plot = plot_of(&CONTOUR, (ParamName::C, ParamName::Vectorizer));
        let n_cells: usize = plot.series.iter().map(|series| series.cells.len()).sum();
        assert!(n_cells > 3 && n_cells < 2 * N_ACROSS, "{n_cells}");
        assert_eq!(plot.series.last().map(|series| series.dots.len()), Some(3));
        for cell in plot.series.iter().flat_map(|series| &series.cells) {
            let (low, high) = (plot.x.share(cell.x.0), plot.x.share(cell.x.1));
            assert!((high - low - 1.0 / N_ACROSS as f64).abs() < 1e-9, "even in the logarithm");
        }
    }

    #[test]
    fn a_rank_shades_the_best_darkest() {
        let plot = plot_of(&RANK, (ParamName::C, ParamName::Vectorizer));
        assert_eq!(plot.series[N_SHADES - 1].dots[0].item, 2);
        assert_eq!(plot.series[0].dots[0].item, 1);
    }

    #[test]
    fn trials_that_lack_a_parameter_are_left_out_and_counted() {
        for kind in [CONTOUR, RANK] {
            let figure = (kind.figure)(&two_models(), &of(Some((ParamName::C, ParamName::Norm)))).unwrap();
            assert!(figure.says.contains("1 trial lacks one of the two parameters and is left out."));
            assert_eq!((kind.twin)(&two_models(), &of(Some((ParamName::C, ParamName::Norm)))).rows.len(), 2);
        }
    }

    #[test]
    fn nothing_to_place_is_said() {
        assert_eq!(contour(&two_models(), &of(None)), Err(nothing_searched()));
        let both = of(Some((ParamName::C, ParamName::Norm)));
        assert_eq!(rank(&study(), &both), Err(no_trial_yet()));
        assert_eq!(twin(&study(), &both).rows, Vec::<Vec<String>>::new());
    }
}
