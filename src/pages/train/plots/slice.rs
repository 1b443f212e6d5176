//! The score against each parameter by itself. A trial that does not have a parameter is not in its picture.

use engine::tune::{ParamName, Trial};

use super::figure::{
    Choice, Figure, Kind, Picture, complete, no_trial_yet, nothing_searched, param_axis, score_axis,
};
use crate::charts::plot::{Dot, Plot, Series};
use crate::charts::scene::{Ink, N_SHADES};
use crate::charts::surface::shades_legend;
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::study_plots::{StudyTrials, item_of, searched_params, value_words};

/// Slice.
pub const KIND: Kind = Kind { name: "Slice", figure, twin };

/// Where a trial lies along a parameter; none of a trial that does not have it.
pub fn coordinate(trials: &StudyTrials, search: usize, trial: &Trial, name: ParamName) -> Option<f64> {
    trials.spec.searches.get(search)?.range(name)?.coordinate(trial.setting.get(&name)?)
}

fn figure(trials: &StudyTrials, choice: &Choice) -> Result<Figure, String> {
    let search = choice.search;
    let n_complete = complete(trials, search).count();
    if n_complete == 0 {
        return Err(no_trial_yet());
    }
    let names = searched_params(trials, search);
    if names.is_empty() {
        return Err(nothing_searched());
    }
    let plots: Vec<Plot> = names.into_iter().filter_map(|name| plot(trials, search, name)).collect();
    let says = format!(
        "Each of {}'s {} against one parameter at a time; late ones are stronger.{}",
        format::model_name(trials.model(search)),
        format::counted(n_complete as u64, "finished trial", "finished trials"),
        plots.first().map_or("", Plot::thinned)
    );
    let legend = shades_legend("first trials".to_owned(), "last trials".to_owned());
    Ok(Figure { says, picture: Picture::Panels(plots), legend })
}

fn plot(trials: &StudyTrials, search: usize, name: ParamName) -> Option<Plot> {
    let range = trials.spec.searches[search].range(name)?;
    let last = trials.searches[search].trials.last().map_or(1, |trial| trial.number.max(1));
    let mut dots: Vec<Vec<Dot>> = vec![Vec::new(); N_SHADES];
    for (trial, score) in complete(trials, search) {
        let Some(x) = coordinate(trials, search, trial, name) else { continue };
        if let Ink::Shade(step) = Ink::of_share(f64::from(trial.number) / f64::from(last)) {
            dots[step].push(Dot { x, y: score, item: item_of(search, trial) });
        }
    }
    let series = dots.into_iter().enumerate().map(|(step, dots)| Series::of_dots(Ink::Shade(step), dots));
    Some(Plot {
        x: param_axis(name, range),
        y: score_axis(trials, complete(trials, search).map(|(trial, _)| trial)),
        series: series.collect(),
    })
}

fn twin(trials: &StudyTrials, choice: &Choice) -> Twin {
    let names = searched_params(trials, choice.search);
    let columns = [Column::numbers("Trial")]
        .into_iter()
        .chain(names.iter().map(|name| Column::numbers(name.as_str())))
        .chain([Column::numbers(trials.score_name())])
        .collect();
    let row = |(trial, score): (&Trial, f64)| {
        let value = |name: &ParamName| trial.setting.get(name).map(value_words).unwrap_or_default();
        let number = (trial.number + 1).to_string();
        [number].into_iter().chain(names.iter().map(value)).chain([format!("{score:.4}")]).collect()
    };
    Twin { columns, rows: complete(trials, choice.search).map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{study, two_models};
    use super::*;

    #[test]
    fn a_picture_for_each_searched_parameter_without_trials_that_lack_it() {
        let Picture::Panels(plots) = figure(&two_models(), &Choice::default()).unwrap().picture else {
            panic!()
        };
        let shown: Vec<(&str, usize)> = plots
            .iter()
            .map(|plot| (plot.x.name.as_str(), plot.series.iter().map(|series| series.dots.len()).sum()))
            .collect();
        assert_eq!(shown, [("C", 3), ("vectorizer", 3), ("norm", 2)], "bags of words have no norm");
    }

    #[test]
    fn a_missing_value_is_an_empty_cell() {
        let twin = twin(&two_models(), &Choice::default());
        assert_eq!(twin.rows[1], ["2", "1", "bow", "", "0.7900"]);
    }

    #[test]
    fn a_model_without_trials_or_parameters_says_so() {
        assert_eq!(figure(&study(), &Choice::default()), Err(no_trial_yet()));
        let mut bare = two_models();
        let mut spec = (*bare.spec).clone();
        spec.searches[0].space.clear();
        bare.spec = std::rc::Rc::new(spec);
        assert_eq!(figure(&bare, &Choice::default()), Err(nothing_searched()));
    }
}
