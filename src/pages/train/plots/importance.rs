//! Which parameters decided whether a trial was among the best: PED-ANOVA, as Optuna's default.

use engine::models::ModelKind;
use engine::tune::{MIN_IMPORTANCE_TRIALS, ParamName, importances};

use super::figure::{Choice, Figure, Kind, Picture, complete, ink_of, nothing_searched};
use crate::charts::bars::{self, Amount};
use crate::charts::twin::Twin;
use crate::state::format;
use crate::state::study_plots::{StudyTrials, searched_params};

/// Parameter importance.
pub const KIND: Kind = Kind { name: "Parameter importance", figure, twin };

/// Shares of the importances' sum, as Optuna shows them.
fn amounts(trials: &StudyTrials, search: usize) -> Result<Vec<Amount>, String> {
    let spec = trials.spec.searches.get(search).ok_or_else(nothing_searched)?;
    let searched = searched_params(trials, search);
    if searched.is_empty() {
        return Err(nothing_searched());
    }
    let found = importances(spec, &trials.searches[search].trials).map_err(|_| {
        let n_complete = complete(trials, search).count();
        too_few(trials.model(search), n_complete)
    })?;
    let found: Vec<(ParamName, f64)> =
        found.into_iter().filter(|(name, _)| searched.contains(name)).collect();
    let total: f64 = found.iter().map(|(_, importance)| importance).sum();
    let amount = |(name, importance): (ParamName, f64)| {
        let value = if total > 0.0 { importance / total } else { 0.0 };
        Amount {
            name: name.as_str().to_owned(),
            value,
            shown: format!("{value:.2}"),
            ink: ink_of(trials.model(search)),
        }
    };
    Ok(found.into_iter().map(amount).collect())
}

fn too_few(model: ModelKind, n_complete: usize) -> String {
    format!(
        "{} of {} say too little about what matters: it takes {MIN_IMPORTANCE_TRIALS}.",
        format::counted(n_complete as u64, "finished trial", "finished trials"),
        format::model_name(model)
    )
}

fn figure(trials: &StudyTrials, choice: &Choice) -> Result<Figure, String> {
    let amounts = amounts(trials, choice.search)?;
    let says = match amounts.first() {
        Some(first) if first.value > 0.0 => format!(
            "Whether a setting of {} was among the best tenth was decided most by {} (PED-ANOVA).",
            format::model_name(trials.model(choice.search)),
            first.name
        ),
        _ => "No parameter made a difference (PED-ANOVA).".to_owned(),
    };
    Ok(Figure { says, picture: Picture::Bars { amounts, full: Some(1.0) }, legend: Vec::new() })
}

fn twin(trials: &StudyTrials, choice: &Choice) -> Twin {
    bars::twin(&amounts(trials, choice.search).unwrap_or_default(), "Parameter", "Share of the importance")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{scored, study, trial, two_models};
    use super::*;

    #[test]
    fn fewer_trials_than_it_takes_are_said() {
        let said = figure(&two_models(), &Choice::default()).unwrap_err();
        assert_eq!(
            said,
            "3 finished trials of Logistic regression say too little about what matters: it takes 50."
        );
    }

    #[test]
    fn what_decides_comes_first_and_shares_add_up() {
        let mut many = study();
        many.searches[0].trials = (0..60)
            .map(|number| {
                let c = 0.01 * f64::from(number + 1);
                trial(number, c, Some(if number % 2 == 0 { "l1" } else { "l2" }), scored(&[c, c + 0.01]))
            })
            .collect();
        let Picture::Bars { amounts: bars, .. } = figure(&many, &Choice::default()).unwrap().picture else {
            panic!()
        };
        assert_eq!(bars[0].name, "C");
        assert_eq!(bars.len(), 3, "one that has one value cannot matter");
        assert!((bars.iter().map(|bar| bar.value).sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(twin(&many, &Choice::default()).rows.len(), 3);
    }
}
