//! How scores become answers, in words.
//! In: the words after an option. Out: a checked decision. Never: a class that is looked for here.

use engine::dataset::LabelId;
use engine::pipeline::{AbstainRule, CalibrationMethod, DecisionSpec, ThresholdGoal};
use lexopt::{Parser, ValueExt as _};

const SECOND: LabelId = LabelId(1);

/// What was said of answers.
#[derive(Debug, Default, PartialEq)]
pub struct DecisionWords {
    /// As far as it does not depend on the names of the classes.
    pub spec: DecisionSpec,
    /// Whose precision a threshold is to keep, by name; the second class's where none is given.
    pub precise_class: Option<String>,
}

impl DecisionWords {
    /// Takes an option, if it is about answers.
    pub fn take(&mut self, option: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match option {
            "calibrate" => self.spec.calibration = calibration(&parser.value()?.string()?)?,
            "threshold" => self.threshold(&parser.value()?.string()?)?,
            "abstain" => self.spec.abstain = AbstainRule::Share { share: parser.value()?.parse()? },
            _ => return Ok(false),
        }
        self.spec.check().map_err(|error| error.to_string())?;
        Ok(true)
    }

    fn threshold(&mut self, words: &str) -> Result<(), lexopt::Error> {
        let unknown = || {
            format!(
                "--threshold knows own, macro-f1, precision:0.9, precision:0.9:CLASS and costs:1,5, not '{words}'"
            )
        };
        let (goal, rest) = words.split_once(':').unwrap_or((words, ""));
        self.spec.threshold = match goal {
            "own" if rest.is_empty() => ThresholdGoal::Own,
            "macro-f1" if rest.is_empty() => ThresholdGoal::MacroF1,
            "precision" => {
                let (share, class) = rest.split_once(':').unwrap_or((rest, ""));
                self.precise_class = (!class.is_empty()).then(|| class.to_owned());
                let precision = share.parse().map_err(|_| unknown())?;
                ThresholdGoal::MinPrecision { class: SECOND, precision }
            }
            "costs" => {
                let cost = |text: &str| text.trim().parse::<f64>().map_err(|_| unknown());
                let (first, second) = rest.split_once(',').ok_or_else(unknown)?;
                let (first, second) = (cost(first)?, cost(second)?);
                ThresholdGoal::Cost { costs: vec![vec![0.0, first], vec![second, 0.0]] }
            }
            _ => return Err(unknown().into()),
        };
        Ok(())
    }

    /// The decision, now that the classes are known.
    ///
    /// # Errors
    /// One sentence where there is no class of the name given.
    pub fn for_classes(&self, names: &[String]) -> Result<DecisionSpec, String> {
        let mut spec = self.spec.clone();
        if let (ThresholdGoal::MinPrecision { class, .. }, Some(wanted)) =
            (&mut spec.threshold, &self.precise_class)
        {
            let place = names.iter().position(|name| name == wanted);
            let place = place.ok_or_else(|| {
                format!("--threshold names the class '{wanted}': the classes are '{}'.", names.join("', '"))
            })?;
            *class = LabelId(place as u8);
        }
        Ok(spec)
    }
}

fn calibration(word: &str) -> Result<CalibrationMethod, lexopt::Error> {
    Ok(match word {
        "none" => CalibrationMethod::Own,
        "platt" => CalibrationMethod::Platt,
        "isotonic" => CalibrationMethod::Isotonic,
        _ => return Err(format!("--calibrate knows none, platt and isotonic, not '{word}'").into()),
    })
}
