//! Pictures of runs: pure functions of the runs and of what was chosen, shown by the board and when runs are compared.

pub mod set;
pub mod scatter;
pub mod amounts;
pub mod parallel;
pub mod held_out;
pub mod shown;
pub mod body;

use track::filter::Key;

use self::set::{RunSet, axis_name};
use crate::charts::hover::Tip;
use crate::charts::picture::Figure;
use crate::state::format;

/// A picture, or why there is none in one sentence.
pub type Drawn = Result<Figure, String>;

/// Why nothing is drawn where no run has all of these.
fn no_run_has(keys: &[&Key]) -> String {
    let names: Vec<String> = keys.iter().map(|key| axis_name(key)).collect();
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => {
            format!("No run shown has {} and {last}.", before.join(", "))
        }
        Some((only, _)) => format!("No run shown has {only}."),
        None => "There is nothing to draw.".to_owned(),
    }
}

/// What is said of the run at a place of a set, and the way to its page.
pub fn tip_of(set: &RunSet, place: u32) -> Tip {
    let Some(run) = set.get(place as usize) else { return Tip::default() };
    let score = |name: &str, words: &str| {
        run.metrics.get(name).map(|value| format!("{words} {}", format::score(*value)))
    };
    let scores = [score("cv_f1_macro", "CV"), score("train_f1", "train"), score("test_f1", "test")];
    let scores: Vec<String> = scores.into_iter().flatten().collect();
    let text =
        if scores.is_empty() { run.name.clone() } else { format!("{}: {}", run.name, scores.join(", ")) };
    Tip { text, to: Some(format!("/runs/{}", run.id)) }
}

#[cfg(test)]
mod tests {
    use super::set::samples::four;
    use super::*;

    #[test]
    fn a_run_is_told_with_its_scores() {
        let tip = tip_of(&four(), 1);
        assert_eq!(
            (tip.text.as_str(), tip.to.as_deref()),
            ("run-2: train 0.880, test 0.830", Some("/runs/RUN002"))
        );
        assert_eq!(tip_of(&four(), 99), Tip::default());
    }

    #[test]
    fn what_is_missing_is_named() {
        let key = |name: &str| Key::Metric(name.to_owned());
        assert_eq!(no_run_has(&[&key("mcc")]), "No run shown has mcc.");
        assert_eq!(no_run_has(&[&key("mcc"), &key("ece")]), "No run shown has mcc and ece.");
    }
}
