//! What is asked beside trials: would more labels help, how much is luck, what guessing scores, what do reviews look
//! like.

use engine::dataset::LabelId;
use engine::describe::{Description, describe};
use engine::split::{NEVER_HELD_OUT, split_counts};
use engine::tune::{
    Guesses, LearningPoint, MAX_LUCK_BYTES, Measure, Weighed, guess_folds, learn_from_share, luck,
};

use crate::request::{
    DescribeData, GuessOutput, JobError, LearnFromShare, LuckOutput, MeasureGuessing, MeasureLuck,
};
use crate::worker::{Worker, cannot_fit};

impl Worker {
    /// One point of a learning curve.
    pub(crate) fn learn_from_share(&mut self, job: &LearnFromShare) -> Result<LearningPoint, JobError> {
        if !(job.share > 0.0 && job.share <= 1.0) {
            return Err(cannot_fit(format!("a share of {} of the rows cannot be learned from", job.share)));
        }
        let counts = self.blobs.counts(job.counts)?;
        let ready = self.ready_share(job.counts, &job.split, 1.0)?;
        learn_from_share(&counts, &ready.plan, &job.pipeline, job.share).map_err(cannot_fit)
    }

    /// What counted reviews look like.
    pub(crate) fn describe(&mut self, job: &DescribeData) -> Result<Description, JobError> {
        let counts = self.blobs.counts(job.counts)?;
        let terms = self.blobs.terms(job.terms)?;
        if terms.len() != counts.n_terms as usize {
            return Err(cannot_fit(format!(
                "{} terms do not belong to counts of {}",
                terms.len(),
                counts.n_terms
            )));
        }
        Ok(describe(&counts, &terms))
    }

    /// What guessing scores on the folds of every draw.
    pub(crate) fn measure_guessing(&mut self, job: &MeasureGuessing) -> Result<GuessOutput, JobError> {
        let counts = self.blobs.counts(job.counts)?;
        let plans = split_counts(&counts, &job.split).map_err(cannot_fit)?;
        let mut all: Option<Guesses> = None;
        for plan in &plans {
            let n_classes = usize::from(counts.n_classes);
            let Ok(found) = guess_folds(&counts.labels, n_classes, plan, job.metric) else {
                return Ok(GuessOutput { guesses: None });
            };
            match &mut all {
                Some(all) => {
                    all.fold_f1_macro.extend(found.fold_f1_macro);
                    all.fold_scores.extend(found.fold_scores);
                }
                None => all = Some(found),
            }
        }
        Ok(GuessOutput { guesses: all })
    }

    /// The held-out predictions of every setting, weighed by the study's metric. A setting that cannot be evaluated is left
    /// out, and those after `MAX_LUCK_BYTES`.
    pub(crate) fn measure_luck(&mut self, job: &MeasureLuck) -> Result<LuckOutput, JobError> {
        job.study.validate().map_err(cannot_fit)?;
        if job.search >= job.study.searches.len() {
            return Err(cannot_fit(format!("there is no search number {}", job.search)));
        }
        let metric = job.study.metric;
        let (mut weighed, mut n_bytes): (Vec<Weighed>, usize) = (Vec::new(), 0);
        let mut truth: Vec<LabelId> = Vec::new();
        let mut n_classes = 0;
        for setting in &job.settings {
            let pipeline = job.study.pipeline(job.search, setting);
            let corpus = job.study.corpus_of(&pipeline).and_then(|corpus| job.counts.get(corpus));
            let hash = *corpus.ok_or_else(|| cannot_fit("the reviews were not counted for this setting"))?;
            let counts = self.blobs.counts(hash)?;
            let ready = self.ready_share(hash, &job.study.split, 1.0)?;
            let is_held_out = |place: &usize| ready.plan.fold_of[*place] != NEVER_HELD_OUT;
            let places: Vec<usize> = (0..ready.plan.train.len()).filter(is_held_out).collect();
            if truth.is_empty() {
                n_classes = usize::from(counts.n_classes);
                truth = places.iter().map(|at| counts.labels[ready.plan.train[*at] as usize]).collect();
            }
            let validator = ready.validator.first();
            let Ok((_, scores)) = validator.evaluate_with_scores(&pipeline.vectorizer, &pipeline.model)
            else {
                continue;
            };
            let of_row = |at: &usize| &scores.scores[at * scores.n_scores..][..scores.n_scores];
            let held_out: Vec<f64> = places.iter().flat_map(of_row).copied().collect();
            let measure = Measure::new(metric, &pipeline.model, n_classes);
            let setting = measure.weigh(&truth, &held_out, scores.n_scores);
            n_bytes += setting.n_bytes();
            if n_bytes > MAX_LUCK_BYTES && !weighed.is_empty() {
                break;
            }
            weighed.push(setting);
        }
        Ok(LuckOutput { luck: luck(&weighed, &truth, (n_classes, metric), job.study.seed) })
    }
}
