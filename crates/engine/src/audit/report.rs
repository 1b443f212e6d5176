//! From what was seen to findings.

use super::boilerplate::FoundEdge;
use super::raw::{RawScan, Tally};
use super::same_text::{TextGroups, crossing};
use super::{
    Audit, AuditFix, AuditedDocs, Effect, Example, Finding, FindingKind, HeldOutView, Language, MAX_EXAMPLES,
    MAX_FIX_ROWS, TextEdge, giveaway, label_errors, near_duplicates,
};
use crate::dataset::{CleanedDocs, Fix, LabelId};
use crate::split::{SplitKind, SplitPlan, SplitRows, SplitSpec};
use crate::table::RowReason;
use crate::text::CleanStep;

/// How many times the rows of the rarest class the most frequent must have to be told.
const TOLD_RATIO: f64 = 3.0;
/// Share of the rows in other languages that is told.
const TOLD_OTHER_LANGUAGES: f64 = 0.005;

impl AuditedDocs {
    /// What is wrong with the file. `split`: how its rows are to be parted, to see what crosses;
    /// `held_out`: predictions by fits that did not see the row, for effects and label errors.
    pub fn report(&self, split: &SplitSpec, held_out: Option<HeldOutView<'_>>) -> Audit {
        let n_classes = self.summary.class_counts.len();
        let held_out = held_out.filter(|view| view.fits(self.docs.n_docs(), n_classes));
        let groups = TextGroups::new(&self.docs);
        let plan = self.plan(split, &groups);
        let writer = Writer { audited: self, docs: &self.docs, n_classes, held_out };
        let mut findings = Vec::new();
        findings.extend(writer.missing());
        findings.extend(writer.empty());
        findings.extend(writer.exact_repeats());
        findings.extend(writer.same_text(&groups, plan.as_ref()));
        findings.extend(writer.near_duplicates(&groups, plan.as_ref()));
        findings.extend(writer.conflicts(&groups));
        findings.extend(writer.boilerplate(TextEdge::Start, self.raw.start.found()));
        findings.extend(writer.boilerplate(TextEdge::End, self.raw.end.found()));
        findings.extend(writer.stars());
        findings.extend(writer.giveaways());
        findings.extend(writer.imbalance());
        findings.extend(writer.languages());
        findings.extend(writer.label_errors());
        let held_out_f1 = writer.held_out.map(|view| view.f1_macro(&self.docs.labels, n_classes));
        Audit { n_rows: self.summary.n_rows, n_rows_kept: self.summary.n_rows_kept, held_out_f1, findings }
    }

    pub(super) fn plan(&self, split: &SplitSpec, groups: &TextGroups) -> Option<SplitPlan> {
        let rows = SplitRows {
            labels: &self.docs.labels,
            n_classes: self.summary.class_counts.len(),
            groups: if split.kind == SplitKind::ByGroup { &self.docs.keys.groups } else { &groups.group_of },
            times: &self.docs.keys.times,
        };
        SplitPlan::of_rows(rows, split).ok()
    }
}

/// Writes findings, each where there is something to tell.
struct Writer<'a> {
    audited: &'a AuditedDocs,
    docs: &'a CleanedDocs,
    n_classes: usize,
    held_out: Option<HeldOutView<'a>>,
}

impl Writer<'_> {
    fn effect(&self, rows: &[u32]) -> Option<Effect> {
        self.held_out?.effect(&self.docs.labels, self.n_classes, rows)
    }

    fn example(&self, doc: u32) -> Example {
        let doc = doc as usize;
        Example::new(self.docs.records[doc], &self.docs.cleaned_text(doc))
    }

    fn examples(&self, rows: &[u32]) -> Vec<Example> {
        rows.iter().take(MAX_EXAMPLES).map(|&doc| self.example(doc)).collect()
    }

    /// A finding about rows, unless there are none.
    fn about(&self, kind: FindingKind, rows: &[u32], fix: Option<AuditFix>) -> Option<Finding> {
        (!rows.is_empty()).then(|| Finding {
            kind,
            n_rows: rows.len() as u64,
            examples: self.examples(rows),
            effect: self.effect(rows),
            fix,
        })
    }

    /// A finding about rows that were watched, unless there are none.
    fn watched(&self, kind: FindingKind, tally: &Tally, fix: Option<AuditFix>) -> Option<Finding> {
        let effect = self.effect(&tally.docs);
        let examples = tally.examples.clone();
        (tally.n_rows > 0).then_some(Finding { kind, n_rows: tally.n_rows, examples, effect, fix })
    }

    /// Leaving these rows out, if they are few enough to name.
    fn drop_rows(&self, rows: &[u32]) -> Option<AuditFix> {
        let records = rows.iter().map(|&doc| self.docs.records[doc as usize]).collect();
        (rows.len() <= MAX_FIX_ROWS).then_some(AuditFix::Repair { fix: Fix::DropRows { records } })
    }

    /// Rows that are not among the reviews, by why they were set aside.
    fn set_aside(&self, is_it: impl Fn(&RowReason) -> Option<String>) -> Vec<Example> {
        let kept = self.audited.summary.issues.kept.iter();
        let example = |record, text: String| Example::new(record, &text);
        kept.filter_map(|issue| Some(example(issue.record, is_it(&issue.reason)?)))
            .take(MAX_EXAMPLES)
            .collect()
    }

    fn missing(&self) -> Option<Finding> {
        let n_rows = self.audited.summary.n_missing;
        let examples = self.set_aside(|reason| match reason {
            RowReason::Missing { value, .. } => Some(value.clone()),
            _ => None,
        });
        let kind = FindingKind::Missing;
        (n_rows > 0).then_some(Finding { kind, n_rows, examples, effect: None, fix: None })
    }

    fn empty(&self) -> Option<Finding> {
        let rows: Vec<u32> = (0..self.docs.n_docs() as u32)
            .filter(|&doc| self.docs.word_ids_of(doc as usize).is_empty())
            .collect();
        let fix = AuditFix::Repair { fix: Fix::DropEmpty };
        self.about(FindingKind::EmptyAfterCleaning, &rows, Some(fix))
    }

    fn exact_repeats(&self) -> Option<Finding> {
        let n_dropped = self.audited.summary.n_repeats;
        if n_dropped == 0 {
            let fix = AuditFix::Repair { fix: Fix::DropRepeats };
            return self.watched(FindingKind::ExactRepeats, &self.audited.raw.repeats, Some(fix));
        }
        let examples = self.set_aside(|reason| matches!(reason, RowReason::Repeat).then(String::new));
        let kind = FindingKind::ExactRepeats;
        Some(Finding { kind, n_rows: n_dropped, examples, effect: None, fix: None })
    }

    fn same_text(&self, groups: &TextGroups, plan: Option<&SplitPlan>) -> Option<Finding> {
        let rows = groups.shared();
        let crossing = plan.map(|plan| crossing(&groups.group_of, groups.members.len(), plan));
        let n_crossing = crossing.as_ref().map(|rows| rows.len() as u64);
        let fix = n_crossing.is_none_or(|n| n > 0).then_some(AuditFix::Split { kind: SplitKind::Grouped });
        let kind = FindingKind::SameText { n_repeats: groups.n_repeats(), n_crossing };
        self.about(kind, &rows, fix)
    }

    fn near_duplicates(&self, groups: &TextGroups, plan: Option<&SplitPlan>) -> Option<Finding> {
        let first_of = |group: usize| groups.members[group][0];
        let texts: Vec<&[u32]> =
            (0..groups.members.len()).map(|group| self.docs.word_ids_of(first_of(group) as usize)).collect();
        let clusters = near_duplicates(&texts);
        let mut cluster_of: Vec<u32> = (0..groups.members.len() as u32).collect();
        for cluster in &clusters {
            cluster.iter().for_each(|&group| cluster_of[group as usize] = cluster[0]);
        }
        let mut rows: Vec<u32> = clusters
            .iter()
            .flatten()
            .flat_map(|&group| groups.members[group as usize].iter().copied())
            .collect();
        rows.sort_unstable();
        // One text of each cluster stays, so that nothing of it can lie on both sides of a split.
        let mut kept: Vec<u32> = clusters.iter().map(|cluster| first_of(cluster[0] as usize)).collect();
        kept.sort_unstable();
        let others: Vec<u32> = rows.iter().copied().filter(|row| kept.binary_search(row).is_err()).collect();
        let n_groups = groups.members.len();
        let n_crossing = plan.map(|plan| {
            let by_cluster: Vec<u32> =
                groups.group_of.iter().map(|&group| cluster_of[group as usize]).collect();
            let near = crossing(&by_cluster, n_groups, plan).len();
            (near - crossing(&groups.group_of, n_groups, plan).len()) as u64
        });
        let kind = FindingKind::NearDuplicates { n_clusters: clusters.len() as u64, n_crossing };
        self.about(kind, &rows, self.drop_rows(&others))
    }

    fn conflicts(&self, groups: &TextGroups) -> Option<Finding> {
        let (rows, n_texts) = groups.conflicting(self.docs);
        let fix = self.drop_rows(&rows);
        self.about(FindingKind::ConflictingLabels { n_texts }, &rows, fix)
    }

    fn boilerplate(&self, edge: TextEdge, found: Option<FoundEdge>) -> Option<Finding> {
        let FoundEdge { text, n_rows, examples } = found?;
        let step = match edge {
            TextEdge::Start => CleanStep::RemovePrefix { text: text.clone() },
            TextEdge::End => CleanStep::RemoveSuffix { text: text.clone() },
        };
        let fix = AuditFix::CleanFirst { step };
        let kind = FindingKind::Boilerplate { edge, text };
        Some(Finding { kind, n_rows, examples, effect: None, fix: Some(fix) })
    }

    fn stars(&self) -> Option<Finding> {
        let RawScan { stars, .. } = &self.audited.raw;
        let fix = self.drop_rows(&stars.docs);
        self.watched(FindingKind::StarsInText, stars, fix)
    }

    fn giveaways(&self) -> Vec<Finding> {
        let n_docs = self.docs.n_docs() as f64;
        let finding = |found: giveaway::Giveaway| {
            let has_it = |&doc: &u32| self.docs.word_ids_of(doc as usize).contains(&found.word_id);
            let rows: Vec<u32> = (0..self.docs.n_docs() as u32).filter(has_it).collect();
            let word = self.docs.words[found.word_id as usize].clone();
            let precision = found.n_of_class as f64 / found.n_rows as f64;
            let support = found.n_rows as f64 / n_docs;
            let step = CleanStep::RemoveWords { words: vec![word.clone()] };
            let kind = FindingKind::Giveaway { word, class: found.class, precision, support };
            let finding = self.about(kind, &rows, Some(AuditFix::CleanLast { step }))?;
            // Reviews that have the word say nothing of what is learned without it: that takes another reading.
            Some(Finding { effect: None, ..finding })
        };
        giveaway::giveaways(self.docs, self.n_classes).into_iter().filter_map(finding).collect()
    }

    fn imbalance(&self) -> Option<Finding> {
        let counts = &self.audited.summary.class_counts;
        let classes = (0..counts.len()).filter(|&class| counts[class] > 0);
        let largest = classes.clone().max_by_key(|&class| (counts[class], std::cmp::Reverse(class)))?;
        let smallest = classes.min_by_key(|&class| counts[class])?;
        let ratio = counts[largest] as f64 / counts[smallest] as f64;
        let label = |class: usize| LabelId(class as u8);
        let rows: Vec<u32> = (0..self.docs.n_docs() as u32)
            .filter(|&doc| self.docs.labels[doc as usize] == label(smallest))
            .take(MAX_EXAMPLES)
            .collect();
        let kind = FindingKind::ClassImbalance { largest: label(largest), smallest: label(smallest), ratio };
        (ratio >= TOLD_RATIO).then(|| Finding {
            kind,
            n_rows: counts[smallest],
            examples: self.examples(&rows),
            effect: self.against_always(label(largest)),
            fix: Some(AuditFix::BalanceClasses),
        })
    }

    /// Macro F1 of the held-out predictions, and of always answering one class.
    fn against_always(&self, class: LabelId) -> Option<Effect> {
        let view = self.held_out?;
        let always = vec![class.0; view.docs.len()];
        let guess = HeldOutView { predicted: &always, ..view };
        Some(Effect {
            f1_macro: view.f1_macro(&self.docs.labels, self.n_classes),
            f1_macro_without: guess.f1_macro(&self.docs.labels, self.n_classes),
        })
    }

    fn languages(&self) -> Option<Finding> {
        let languages = &self.audited.raw.languages;
        let (&main, _) =
            languages.iter().max_by_key(|(language, tally)| (tally.n_rows, std::cmp::Reverse(**language)))?;
        let mut others: Vec<(Language, u64)> = languages
            .iter()
            .filter(|(language, _)| **language != main)
            .map(|(&l, tally)| (l, tally.n_rows))
            .collect();
        others.sort_by_key(|&(language, n_rows)| (std::cmp::Reverse(n_rows), language));
        let n_rows: u64 = others.iter().map(|other| other.1).sum();
        if (n_rows as f64) < TOLD_OTHER_LANGUAGES * self.docs.n_docs() as f64 || n_rows == 0 {
            return None;
        }
        let mut rows: Vec<u32> = languages
            .iter()
            .filter(|(language, _)| **language != main)
            .flat_map(|(_, tally)| tally.docs.iter().copied())
            .collect();
        rows.sort_unstable();
        let examples =
            others.iter().flat_map(|(language, _)| languages[language].examples.iter().take(2).cloned());
        let examples = examples.take(MAX_EXAMPLES).collect();
        let (effect, fix) = (self.effect(&rows), self.drop_rows(&rows));
        Some(Finding { kind: FindingKind::LanguageMix { main, others }, n_rows, examples, effect, fix })
    }

    fn label_errors(&self) -> Option<Finding> {
        let view = self.held_out?;
        let labels: Vec<LabelId> = view.docs.iter().map(|&doc| self.docs.labels[doc as usize]).collect();
        let errors = label_errors(&labels, view.probabilities, self.n_classes);
        let rows: Vec<u32> = errors.iter().map(|error| view.docs[error.place as usize]).collect();
        let fix = self.drop_rows(&rows);
        self.about(FindingKind::LabelErrors, &rows, fix)
    }
}
