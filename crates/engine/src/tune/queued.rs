//! Settings asked for by hand, as they can be tried: with the values that make them matter, without those that do not.
//!
//! In: a search and its trials. Out: what is still to be tried. Never: a setting that waits for ever, because another
//! value has to be drawn before it can be.

use super::{Range, SearchSpec, Setting, Trial, Value};

impl SearchSpec {
    /// What trying `queued` means: what does not matter beside its other values is left out, and what has to be chosen
    /// for a value to matter (`limit_depth` for `max_depth`) is chosen.
    pub fn to_be_tried(&self, queued: &Setting) -> Setting {
        let mut wanted = queued.clone();
        wanted.retain(|name, _| name.is_active(queued));
        for name in queued.keys() {
            let Some((decides, word)) = name.depends_on() else { continue };
            if !wanted.contains_key(name) || wanted.contains_key(&decides) {
                continue;
            }
            let Some(Range::Choice { choices }) = self.range(decides) else { continue };
            match choices.iter().find(|choice| choice.word() == Some(word)) {
                Some(choice) => {
                    let choice: Value = choice.clone();
                    wanted.insert(decides, choice);
                }
                // Nothing of this search makes it matter.
                None => {
                    wanted.remove(name);
                }
            }
        }
        wanted
    }

    /// The trial that had all of a setting's values, if one had.
    pub fn tried<'a>(&self, queued: &Setting, trials: &'a [Trial]) -> Option<&'a Trial> {
        let wanted = self.to_be_tried(queued);
        trials.iter().find(|trial| wanted.iter().all(|(name, value)| trial.setting.get(name) == Some(value)))
    }

    /// The settings asked for by hand that no trial had yet, in order, as they are to be tried.
    pub fn waiting<'a>(&'a self, trials: &'a [Trial]) -> impl Iterator<Item = Setting> + 'a {
        let waits = |queued: &&Setting| self.tried(queued, trials).is_none();
        self.queued.iter().filter(waits).map(|queued| self.to_be_tried(queued))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelKind;
    use crate::tune::ParamName;

    fn word(word: &str) -> Value {
        Value::Text(word.to_owned())
    }

    #[track_caller]
    fn check(queued: &[(ParamName, Value)], expected: &[(ParamName, Value)]) {
        let search = SearchSpec::reference(ModelKind::RandomForest, 20, 42);
        let setting = |values: &[(ParamName, Value)]| values.iter().cloned().collect::<Setting>();
        assert_eq!(search.to_be_tried(&setting(queued)), setting(expected));
    }

    #[test]
    fn what_makes_a_value_matter_is_chosen_with_it() {
        let (depth, limit) = (ParamName::MaxDepth, ParamName::LimitDepth);
        check(&[(depth, Value::Int(20))], &[(depth, Value::Int(20)), (limit, word("true"))]);
        check(&[(limit, word("false")), (depth, Value::Int(20))], &[(limit, word("false"))]);
        let trees = (ParamName::NEstimators, Value::Int(120));
        check(std::slice::from_ref(&trees), std::slice::from_ref(&trees));
    }
}
