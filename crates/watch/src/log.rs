//! The log's records in, what they say together out: what people think of answers, and how often two models agree.

use engine::num::{ContentHash, SortedMap};
use track::id::PredictionId;
use track::prediction::{Feedback, KeptPrediction, Verdict};

/// Texts answered by two models that are compared, the newest.
pub const MAX_COMPARED: usize = 500;

/// What people said of single answers; of several on one answer the last holds. What was taken back is not there.
pub fn verdicts(said: impl IntoIterator<Item = Feedback>) -> SortedMap<PredictionId, Verdict> {
    let mut last: SortedMap<PredictionId, Feedback> = SortedMap::new();
    for feedback in said.into_iter().filter(|feedback| feedback.record.is_none()) {
        let is_later = last.get(&feedback.prediction).is_none_or(|known| known.id < feedback.id);
        if is_later {
            last.insert(feedback.prediction.clone(), feedback);
        }
    }
    let standing = last.into_iter().filter(|(_, feedback)| feedback.verdict != Verdict::Withdrawn);
    standing.map(|(prediction, feedback)| (prediction, feedback.verdict)).collect()
}

/// How often two models gave the same class to the same text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Texts that both answered, `MAX_COMPARED` at most.
    pub n_texts: usize,
    /// Those on which they agree.
    pub n_same: usize,
}

impl Agreement {
    /// Share of the texts; none where there are none.
    pub fn share(&self) -> Option<f64> {
        (self.n_texts > 0).then(|| self.n_same as f64 / self.n_texts as f64)
    }
}

/// The agreement of two pipelines on the newest texts that both answered. `newest_first`: kept answers; of several of
/// one pipeline to one text the newest counts. Classes are compared by name.
pub fn agreement<'a>(
    newest_first: impl IntoIterator<Item = &'a KeptPrediction>,
    (first, second): (ContentHash, ContentHash),
) -> Agreement {
    let mut known: SortedMap<ContentHash, (Option<&str>, Option<&str>)> = SortedMap::new();
    let mut found = Agreement::default();
    for kept in newest_first {
        let pipeline = kept.model.pipeline;
        if found.n_texts >= MAX_COMPARED || (pipeline != first && pipeline != second) {
            continue;
        }
        let of_text = known.get_or_insert_with(kept.text.sha256(), Default::default);
        let was_paired = of_text.0.is_some() && of_text.1.is_some();
        let place = if pipeline == first { &mut of_text.0 } else { &mut of_text.1 };
        place.get_or_insert(kept.class());
        if let (false, (Some(one), Some(other))) = (was_paired, *of_text) {
            found.n_texts += 1;
            found.n_same += usize::from(one == other);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use engine::pipeline::Prediction;
    use track::id::{FeedbackId, Millis};
    use track::prediction::{AnsweringModel, KeptText, PredictionSource};

    use super::*;

    fn said(prediction: u64, at: u64, verdict: Verdict) -> Feedback {
        let id = FeedbackId::new(Millis(at), [0; 10]);
        Feedback::new((id, Millis(at)), "me", prediction_id(prediction), verdict)
    }

    fn prediction_id(number: u64) -> PredictionId {
        PredictionId::new(Millis(number), [1; 10])
    }

    #[test]
    fn the_last_word_on_an_answer_holds() {
        let wrong = || Verdict::Wrong { right_class: None };
        let of_row = Feedback { record: Some(3), ..said(4, 9, wrong()) };
        let all = [
            said(1, 12, Verdict::Right),
            said(1, 10, wrong()),
            said(2, 11, wrong()),
            said(3, 10, wrong()),
            said(3, 11, Verdict::Withdrawn),
            of_row,
        ];
        let expected = [(prediction_id(1), Verdict::Right), (prediction_id(2), wrong())];
        assert_eq!(verdicts(all), expected.into_iter().collect());
    }

    fn kept(model: &[u8], text: &str, label: u8, at: u64) -> KeptPrediction {
        let labels = ["negative", "positive"].map(str::to_owned).to_vec();
        let model = AnsweringModel { address: String::new(), pipeline: ContentHash::of(model), labels };
        let answer = Prediction { label, probabilities: vec![], scores: vec![], abstains: false };
        let id = (prediction_id(at), Millis(at));
        KeptPrediction::new(
            id,
            PredictionSource::Typed,
            model,
            KeptText::of(text, at.is_multiple_of(2)),
            answer,
        )
    }

    #[test]
    fn two_models_agree_on_texts_that_both_answered() {
        let newest_first = [
            kept(b"second", "a", 1, 9),
            kept(b"first", "a", 1, 8),
            kept(b"first", "a", 0, 7),
            kept(b"first", "b", 0, 6),
            kept(b"second", "b", 1, 5),
            kept(b"first", "c", 0, 4),
            kept(b"third", "c", 0, 3),
        ];
        let pair = (ContentHash::of(b"first"), ContentHash::of(b"second"));
        let found = agreement(&newest_first, pair);
        assert_eq!(found, Agreement { n_texts: 2, n_same: 1 });
        assert_eq!((found.share(), Agreement::default().share()), (Some(0.5), None));
    }
}
