//! The best trials with the scores of their folds: is one better than another by more than the folds differ?

use engine::num::stable_sort;
use engine::tune::Trial;

use super::figure::{Choice, Figure, Kind, Picture, complete, ink_of, models_legend, no_trial_yet};
use crate::charts::boxes::{self, Group};
use crate::charts::twin::Twin;
use crate::state::study_plots::{StudyTrials, item_of};

/// Fold box plot.
pub const KIND: Kind = Kind { name: "Folds of the best trials", figure, twin };
/// The best trials of each model that are shown.
const N_BEST: usize = 4;

/// The best of each model first, then the second best of each, and so on.
fn groups(trials: &StudyTrials) -> Vec<Group> {
    let mut best: Vec<(usize, usize, &Trial)> = Vec::new();
    for search in 0..trials.searches.len() {
        let mut own: Vec<(&Trial, f64)> = complete(trials, search).collect();
        stable_sort(&mut own, |a, b| trials.better_first(a.1, b.1));
        best.extend(own.iter().take(N_BEST).enumerate().map(|(place, (trial, _))| (place, search, *trial)));
    }
    stable_sort(&mut best, |a, b| a.0.cmp(&b.0));
    let group = |(_, search, trial): (usize, usize, &Trial)| Group {
        name: (trial.number + 1).to_string(),
        ink: ink_of(trials.model(search)),
        values: trial.fold_scores().iter().map(|score| trials.shown(*score)).collect(),
        item: item_of(search, trial),
    };
    best.into_iter().map(group).collect()
}

fn figure(trials: &StudyTrials, _: &Choice) -> Result<Figure, String> {
    let groups = groups(trials);
    if groups.is_empty() {
        return Err(no_trial_yet());
    }
    let says = format!(
        "Scores of each fold of the best trials, up to {N_BEST} of each model, the best of each first: boxes that \
         overlap are hard to tell apart."
    );
    Ok(Figure {
        says,
        picture: Picture::Boxes { groups, measure: trials.score_name() },
        legend: models_legend(trials),
    })
}

fn twin(trials: &StudyTrials, _: &Choice) -> Twin {
    boxes::twin(&groups(trials), "Trial", |group| trials.name(group.item))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{study, two_models};
    use super::*;

    #[test]
    fn the_best_of_every_model_come_first() {
        let trials = two_models();
        let names: Vec<String> = groups(&trials).iter().map(|group| trials.name(group.item)).collect();
        assert_eq!(
            names,
            [
                "Logistic regression, trial 3",
                "Random forest, trial 3",
                "Logistic regression, trial 1",
                "Random forest, trial 1",
                "Logistic regression, trial 2",
            ]
        );
        assert_eq!(twin(&trials, &Choice::default()).rows.len(), 5);
    }

    #[test]
    fn no_trial_is_said() {
        assert_eq!(figure(&study(), &Choice::default()), Err(no_trial_yet()));
    }
}
