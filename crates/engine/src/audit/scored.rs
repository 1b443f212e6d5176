//! An audit with predictions: the folds of one pipeline show what each finding does to the score.

use super::same_text::TextGroups;
use super::{Audit, AuditedDocs, HeldOutView};
use crate::features::{DocumentFrequency, count};
use crate::models::CrossValidator;
use crate::pipeline::{FinalFit, FinalTask, PipelineSpec, fit_final_with};
use crate::split::SplitSpec;

impl AuditedDocs {
    /// What is wrong with the file, with effects and label errors by the held-out predictions of `pipeline`;
    /// without them where it cannot be evaluated on these reviews. `split`: how rows are to be parted.
    pub fn report_scored(&self, split: &SplitSpec, pipeline: &PipelineSpec) -> Audit {
        let Some(fit) = self.fit(split, pipeline) else { return self.report(split, None) };
        let answers = fit.held_out_answers();
        let view = HeldOutView {
            docs: &fit.held_out.docs,
            predicted: &answers.predicted,
            probabilities: &answers.probabilities,
        };
        self.report(split, Some(view))
    }

    fn fit(&self, split: &SplitSpec, pipeline: &PipelineSpec) -> Option<FinalFit> {
        let plan = self.plan(split, &TextGroups::new(&self.docs))?;
        let df_floor = match pipeline.vectorizer.min_df {
            DocumentFrequency::Count(count) => count,
            DocumentFrequency::Share(_) => 1,
        };
        let n_classes = self.summary.class_counts.len();
        let counting = pipeline.vectorizer.counting(df_floor.max(1));
        let corpus = count(self.docs.clone(), u8::try_from(n_classes).ok()?, &counting).ok()?;
        let mut validator = CrossValidator::new(&corpus.counts, &plan).ok()?;
        let labels: Vec<String> = (0..n_classes).map(|class| class.to_string()).collect();
        let task = FinalTask {
            counts: &corpus.counts,
            terms: &corpus.terms,
            plan: &plan,
            spec: pipeline,
            labels: &labels,
        };
        fit_final_with(&mut validator, task).ok()
    }
}
