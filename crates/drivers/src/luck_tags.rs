//! How much is luck, as tags of a study's record: people read them in its list of tags, the page reads them back.

use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::num::SortedMap;
use engine::tune::Luck;

/// Begins the names of these tags; the model's follows.
pub const LUCK_TAG: &str = "luck.";

/// One tag a model: `seems 0.8120, is 0.8031 (0.7890 to 0.8123), of 57 settings`; `by log_loss` follows where the study's
/// metric asks for more than the predicted class.
pub fn luck_tags(found: &[(ModelKind, Luck)], metric: Metric) -> SortedMap<String, String> {
    let tag = |(model, luck): &(ModelKind, Luck)| {
        let Luck { apparent, corrected, low, high, n_settings } = luck;
        let said = format!(
            "seems {apparent:.4}, is {corrected:.4} ({low:.4} to {high:.4}), of {n_settings} settings{}",
            by(metric)
        );
        (format!("{LUCK_TAG}{}", model.as_str()), said)
    };
    found.iter().map(tag).collect()
}

/// What the tags of a study after `metric` say, in their order; a tag that a person wrote over says nothing, nor does one
/// that was weighed by another metric.
pub fn luck_of_tags(tags: &SortedMap<String, String>, metric: Metric) -> Vec<(ModelKind, Luck)> {
    let read = |(name, said): (&String, &String)| {
        let model = name.strip_prefix(LUCK_TAG)?;
        let said = said.strip_suffix(&by(metric))?;
        let model = ModelKind::EVERY.into_iter().find(|kind| kind.as_str() == model)?;
        let is_number = |letter: char| letter.is_ascii_digit() || letter == '.' || letter == '-';
        let words = said.split(|letter| !is_number(letter)).filter(|word| !word.is_empty());
        let numbers: Vec<f64> = words.map(json::parse_real).collect::<Option<_>>()?;
        let [apparent, corrected, low, high, n_settings] = numbers[..] else { return None };
        let is_luck = low <= high && n_settings >= 1.0;
        is_luck.then_some((model, Luck { apparent, corrected, low, high, n_settings: n_settings as u32 }))
    };
    tags.iter().filter_map(read).collect()
}

fn by(metric: Metric) -> String {
    if metric.is_of_classes() { String::new() } else { format!(", by {}", metric.as_str()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let luck = Luck { apparent: 0.812, corrected: -0.1, low: -0.25, high: 0.8123, n_settings: 57 };
        let found = [(ModelKind::LinearSvc, luck), (ModelKind::RandomForest, luck)];
        let mut tags = luck_tags(&found, Metric::Accuracy);
        assert_eq!(tags["luck.LinearSVC"], "seems 0.8120, is -0.1000 (-0.2500 to 0.8123), of 57 settings");
        tags.insert("owner".to_owned(), "me, 1 2 3 4 5".to_owned());
        tags.insert("luck.MultinomialNB".to_owned(), "none at all".to_owned());
        tags.insert("luck.Unknown".to_owned(), "1 2 3 4 5".to_owned());
        assert_eq!(luck_of_tags(&tags, Metric::Accuracy), found);
        assert_eq!(luck_of_tags(&tags, Metric::LogLoss), [], "these were weighed by another metric");
        let tags = luck_tags(&found, Metric::LogLoss);
        assert!(tags["luck.LinearSVC"].ends_with("of 57 settings, by log_loss"));
        assert_eq!(luck_of_tags(&tags, Metric::LogLoss), found);
    }
}
