//! Which labels are probably wrong, asked again and again while a person corrects them.

use engine::audit::{JudgedLabels, LabelError, LabelJudge};
use engine::dataset::LabelId;
use engine::num::SortedMap;

use crate::judge::KeptJudge;
use crate::request::{JobError, JudgeLabels, LabelsOutput, Suspect};
use crate::worker::{Answered, Worker, blob_ref, cannot_fit, named};

/// Most reviews alike that are named beside a suspect.
const MAX_LIKE: usize = 20;

impl Worker {
    /// Judges the labels. The judge is kept for the next corrections: it is a cache, as it gives what a new one would.
    pub(crate) fn judge_labels(
        &mut self,
        job: &JudgeLabels,
        clock: &mut dyn FnMut() -> f64,
    ) -> Result<Answered, JobError> {
        let counts = self.blobs.counts(job.counts)?;
        let terms = self.blobs.terms(job.terms)?;
        if terms.len() != counts.n_terms as usize || job.labels.len() != usize::from(counts.n_classes) {
            return Err(cannot_fit("terms and classes are not those of the counts"));
        }
        let begun = clock();
        let kept = self.judge.take().filter(|kept| kept.is_for(job));
        let mut kept = match kept {
            Some(kept) => kept,
            None => KeptJudge {
                counts: job.counts,
                split: job.split.clone(),
                pipeline: job.pipeline.clone(),
                judge: LabelJudge::new(&counts, &job.split, &job.pipeline).map_err(cannot_fit)?,
            },
        };
        let judged = kept.judge.judge((&counts, &terms, &job.labels), &job.corrections);
        let JudgedLabels { held_out, suspects, probabilities, pipeline } = judged.map_err(cannot_fit)?;
        let corrected: SortedMap<u32, LabelId> = job.corrections.iter().copied().collect();
        let label_of = |doc: u32| corrected.get(&doc).copied().unwrap_or(counts.labels[doc as usize]);
        let n_suspects = suspects.len() as u64;
        let rows = suspects.iter().zip(probabilities.chunks_exact(job.labels.len()));
        let suspect = |(error, probabilities): (&LabelError, &[f64])| Suspect {
            doc: error.place,
            given: error.given,
            likely: error.likely,
            probabilities: probabilities.to_vec(),
            like: kept
                .judge
                .like(&counts, error.place)
                .into_iter()
                .take(MAX_LIKE)
                .map(|doc| (doc, label_of(doc)))
                .collect(),
        };
        let suspects = rows.take(job.n_most as usize).map(suspect).collect();
        let pipeline = named(pipeline.to_bytes());
        let output = LabelsOutput {
            held_out,
            n_suspects,
            suspects,
            pipeline: blob_ref(&pipeline),
            fit_ms: (clock() - begun).max(0.0),
        };
        self.judge = Some(kept);
        Ok((output.into(), vec![pipeline]))
    }
}
