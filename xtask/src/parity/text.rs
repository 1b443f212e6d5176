//! Rows kept, labels, cleaned texts and stems, against cleaned.tsv and porter.tsv: all equal.
//! In: reviews, the two files. Out: lines of the report. Never: a row skipped.

use anyhow::{Context as _, Result};
use engine::text::nltk_porter;
use std::collections::BTreeSet;

use super::data::Data;
use super::report::Report;
use super::{Reference, damaged};

pub fn compare(report: &mut Report, reference: &Reference, data: &Data) -> Result<()> {
    if reference.has("cleaned.tsv") {
        compare_cleaned(report, &reference.text("cleaned.tsv")?, data);
    } else {
        report.absent("cleaned.tsv");
    }
    if reference.has("porter.tsv") {
        compare_stems(report, reference, data)?;
    } else {
        report.absent("porter.tsv");
    }
    Ok(())
}

fn compare_cleaned(report: &mut Report, theirs: &str, data: &Data) {
    let ours = |doc: usize| {
        format!("{}\t{}\t{}", data.docs.records[doc], data.docs.labels[doc].0, data.docs.cleaned_text(doc))
    };
    // `lines` would also take a carriage return off the end, and no cleaned text holds a line feed.
    let theirs: Vec<&str> = theirs.strip_suffix('\n').unwrap_or(theirs).split('\n').collect();
    report.same("cleaned: rows kept", data.docs.n_docs(), theirs.len());
    let n_common = data.docs.n_docs().min(theirs.len());
    let differing: Vec<usize> = (0..n_common).filter(|&doc| ours(doc) != theirs[doc]).collect();
    let values = match differing.first() {
        Some(&doc) => [ours(doc), theirs[doc].to_owned()].map(|line| shortened(&line)),
        None => [n_common.to_string(), n_common.to_string()],
    };
    let worst = format!("{} of {n_common} lines", differing.len());
    report.add("cleaned: row, label, text", values, worst, differing.is_empty());
}

fn compare_stems(report: &mut Report, reference: &Reference, data: &Data) -> Result<()> {
    let theirs = reference.text("porter.tsv")?;
    let mut known = BTreeSet::new();
    let mut differing = Vec::new();
    for line in theirs.lines() {
        let (word, stem) = line.split_once('\t').with_context(|| damaged(&reference.path("porter.tsv")))?;
        known.insert(word);
        let ours = nltk_porter(word.to_owned());
        if ours != stem {
            differing.push([format!("{word}: {ours}"), format!("{word}: {stem}")]);
        }
    }
    let ours: BTreeSet<&str> = data.unstemmed.words.iter().map(String::as_str).collect();
    let n_odd = ours.symmetric_difference(&known).count();
    let values = [ours.len().to_string(), known.len().to_string()];
    report.add("porter: words before stemming", values, format!("{n_odd} words"), n_odd == 0);
    let worst = format!("{} of {} stems", differing.len(), known.len());
    let holds = differing.is_empty();
    let values = differing.into_iter().next().unwrap_or([known.len().to_string(), known.len().to_string()]);
    report.add("porter: stems", values, worst, holds);
    Ok(())
}

/// The beginning of a line that is too long for a table.
fn shortened(line: &str) -> String {
    const MAX_CHARS: usize = 40;
    let mut chars = line.chars();
    let beginning: String = chars.by_ref().take(MAX_CHARS).collect();
    if chars.next().is_some() { format!("{beginning}…") } else { beginning }
}
