//! A study steered by hand: a setting to try and values to hold, as typed. Pure.
//!
//! In: a search's space and what is typed. Out: a setting that lies in it, or what is wrong, parameter by parameter.

use engine::num::SortedMap;
use engine::tune::{MAX_TRIALS, ParamName, Range, SearchSpec, Setting, StudySpec, Value};

use super::study_form::shown;

/// What is typed for one search of a study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HandForm {
    /// Number of the search.
    pub search: usize,
    /// What is typed or chosen; a parameter that is empty is left to the sampler.
    typed: SortedMap<ParamName, String>,
}

impl HandForm {
    /// An empty form of a search.
    pub fn of(search: usize) -> Self {
        Self { search, typed: SortedMap::default() }
    }

    /// The same, filled with a setting.
    pub fn filled(search: usize, setting: &Setting) -> Self {
        let typed = setting.iter().map(|(name, value)| (*name, shown(value))).collect();
        Self { search, typed }
    }

    /// What is typed for a parameter.
    pub fn text(&self, name: ParamName) -> &str {
        self.typed.get(&name).map_or("", String::as_str)
    }

    /// Takes what is typed.
    pub fn set_text(&mut self, name: ParamName, typed: String) {
        self.typed.insert(name, typed);
    }

    /// What is wrong with a parameter, in one sentence; nothing with one that is left empty.
    pub fn problem(&self, search: &SearchSpec, name: ParamName) -> Option<String> {
        self.value(search, name).err()
    }

    /// The value of a parameter; none where it is left to the sampler.
    ///
    /// # Errors
    /// One sentence where its range does not have it.
    pub fn value(&self, search: &SearchSpec, name: ParamName) -> Result<Option<Value>, String> {
        let text = self.text(name).trim();
        let (Some(range), false) = (search.range(name), text.is_empty()) else { return Ok(None) };
        let value = read(range, text).filter(|value| range.coordinate(value).is_some());
        value.map(Some).ok_or_else(|| match range {
            Range::Choice { .. } => "Choose one of the list.".to_owned(),
            _ => format!("Type a number from {} to {}.", range.low(), range.high()),
        })
    }

    /// The setting to try: what is given, without what does not matter under it.
    ///
    /// # Errors
    /// One sentence where a value is wrong or none is given.
    pub fn setting(&self, search: &SearchSpec) -> Result<Setting, String> {
        let mut setting = Setting::new();
        for (name, _) in &search.space {
            let value = self.value(search, *name);
            if let Some(value) = value.map_err(|sentence| format!("{}: {sentence}", name.as_str()))? {
                setting.insert(*name, value);
            }
        }
        let decided = setting.clone();
        setting.retain(|name, _| name.is_active(&decided));
        if setting.is_empty() {
            return Err("Give at least one value to try.".to_owned());
        }
        Ok(setting)
    }
}

fn read(range: &Range, text: &str) -> Option<Value> {
    match range {
        Range::Choice { choices } => choices.iter().find(|choice| shown(choice) == text).cloned(),
        Range::Int { .. } | Range::IntLog { .. } => text.parse().ok().map(Value::Int),
        Range::Float { .. } | Range::FloatStep { .. } => text.parse().ok().map(Value::Float),
    }
}

/// A value held from the next trial on, or let go: of a search's parameter.
pub type Hold = (usize, ParamName, Option<Value>);

/// Takes a hold over into a search's instructions.
pub fn apply(searches: &mut [SearchSpec], (search, name, value): &Hold) {
    let Some(spec) = searches.get_mut(*search) else { return };
    spec.frozen.remove(name);
    if let Some(value) = value {
        spec.frozen.insert(*name, value.clone());
    }
}

/// Has one setting tried by a study that ended, and nothing else: `done` trials of each search were made.
pub fn only(study: &mut StudySpec, done: &[u32], (search, setting): (usize, Setting)) {
    for (spec, n_done) in study.searches.iter_mut().zip(done) {
        // A search that never began makes one.
        spec.n_trials = (*n_done).clamp(1, MAX_TRIALS);
    }
    let n_done = done.get(search).copied().unwrap_or(0);
    if let Some(spec) = study.searches.get_mut(search) {
        spec.queued.insert(0, setting);
        spec.n_trials = n_done.saturating_add(1).min(MAX_TRIALS);
    }
    (study.stop_rule, study.minutes) = (None, None);
}

#[cfg(test)]
mod tests {
    use engine::models::ModelKind;

    use super::*;

    fn forest() -> SearchSpec {
        SearchSpec::reference(ModelKind::RandomForest, 20, 42)
    }

    #[track_caller]
    fn check(typed: &[(ParamName, &str)], expected: Result<&str, &str>) {
        let mut form = HandForm::of(0);
        typed.iter().for_each(|(name, text)| form.set_text(*name, (*text).to_owned()));
        let found = form.setting(&forest()).map(|setting| json::to_string(&setting));
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn what_is_given_is_tried_and_the_rest_is_the_samplers() {
        check(&[(ParamName::NEstimators, " 120 ")], Ok(r#"{"n_estimators":120}"#));
        check(
            &[(ParamName::MaxDf, "0.8"), (ParamName::ForestMaxFeatures, "log2")],
            Ok(r#"{"max_df":0.8,"forest_max_features":"log2"}"#),
        );
    }

    #[test]
    fn what_the_range_does_not_have_is_told() {
        let told = "n_estimators: Type a number from 50 to 300.";
        for text in ["20", "many", "50.5"] {
            check(&[(ParamName::NEstimators, text)], Err(told));
        }
        check(&[(ParamName::ForestMaxFeatures, "all")], Err("forest_max_features: Choose one of the list."));
        check(&[], Err("Give at least one value to try."));
    }

    #[test]
    fn what_does_not_matter_is_left_out() {
        check(
            &[(ParamName::LimitDepth, "false"), (ParamName::MaxDepth, "20")],
            Ok(r#"{"limit_depth":"false"}"#),
        );
    }

    #[test]
    fn a_setting_can_be_begun_from() {
        let setting = Setting::from([(ParamName::NEstimators, Value::Int(70))]);
        assert_eq!(HandForm::filled(0, &setting).setting(&forest()), Ok(setting));
    }

    #[test]
    fn a_study_that_ended_tries_one_setting_and_nothing_else() {
        let mut study = StudySpec::reference(&[ModelKind::MultinomialNb, ModelKind::RandomForest], 200, 1);
        let waiting = Setting::from([(ParamName::MinDf, Value::Int(2))]);
        study.searches[1].queued = vec![waiting.clone()];
        let wanted = Setting::from([(ParamName::MaxDepth, Value::Int(20))]);
        only(&mut study, &[12, 7], (1, wanted.clone()));
        assert_eq!(study.searches[0].n_trials, 12, "no more of the other model");
        assert_eq!(study.searches[1].n_trials, 8);
        assert_eq!(study.searches[1].queued, [wanted, waiting], "before what waits");
        assert_eq!((study.stop_rule, study.minutes), (None, None));
    }

    #[test]
    fn a_value_is_held_and_let_go() {
        let mut searches = [forest()];
        apply(&mut searches, &(0, ParamName::MinDf, Some(Value::Int(4))));
        assert_eq!(searches[0].frozen.get(&ParamName::MinDf), Some(&Value::Int(4)));
        apply(&mut searches, &(0, ParamName::MinDf, None));
        assert_eq!(searches[0], forest());
        apply(&mut searches, &(7, ParamName::MinDf, None));
    }
}
