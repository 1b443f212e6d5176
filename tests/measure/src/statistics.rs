//! How often monitoring alarms without cause, and what it sees: profiles of reviews that are drawn from one file.
//! In: a file, sizes. Out: alarms of each column, of texts, of the verdict; power; how often intervals hold the truth.
//! Never: a review that the model learned from among those it is asked about.

use anyhow::{Context as _, Result, ensure};
use engine::dataset::{DatasetReader, LabelId};
use engine::models::{ClassWeight, ModelSpec};
use engine::num::RandomStream;
use engine::pipeline::{PipelineSpec, fit_final};
use engine::split::{SplitPlan, SplitSpec};
use engine::stats::evidence;
use serde_json::{Value, json};
use std::path::Path;
use watch::calibrated::AnswerCounts;
use watch::describe::{DescribedRow, Describer, push_row};
use watch::domain::{DomainSpec, domain_drift};
use watch::drift::{ALARM_LEVEL, Drift, Verdict, drift};
use watch::estimate::{EstimateSpec, estimate, realised_f1_macro};
use watch::profile::{ColumnCounts, Profile, ProfileBuilder};

use crate::reviews;

const SEED: u64 = 8;
/// Share of the file that the model learns from and no profile is made of.
const LEARNED_SHARE: f64 = 0.3;
/// Most reviews learned from.
const MAX_LEARNED: usize = 4_000;
/// Shares of a batch that are drawn from unhappy reviews alone, to see what is seen.
const SHIFTS: [f64; 6] = [0.05, 0.1, 0.2, 0.3, 0.5, 1.0];
/// Batches for the power at one shift.
const N_POWER: u32 = 200;
/// Most deals of the test of texts.
const DEALS: u32 = 199;
/// Rows of a class that make a test of counts worth its name.
const LEAST_EXPECTED: f64 = 5.0;

/// A file's reviews that no model learned from.
struct Population {
    rows: Vec<(DescribedRow, u8)>,
    labels: Vec<String>,
    unhappy: Vec<usize>,
}

impl Population {
    fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file)?;
        let recipe = reviews::recipe(&bytes)?;
        let mut texts: Vec<(String, u8)> = Vec::new();
        let mut reader = DatasetReader::new(&recipe)?;
        let mut keep = |row: engine::dataset::KeptRow<'_>| texts.push((row.text.to_owned(), row.label.0));
        reader.push_watched(&bytes, &mut keep)?;
        let docs = reader.finish_watched(&mut keep)?.docs;
        ensure!(docs.n_docs() == texts.len(), "every review is watched");
        let learned = (LEARNED_SHARE * texts.len() as f64).min(MAX_LEARNED as f64) / texts.len() as f64;
        let plan = SplitPlan::new(
            &docs.labels,
            2,
            &SplitSpec { test_share: 1.0 - learned, ..SplitSpec::reference() },
        )?;
        let corpus = reviews::counted(docs)?;
        let spec = PipelineSpec {
            cleaning: recipe.cleaning.clone(),
            vectorizer: reviews::vectorizer(None),
            model: ModelSpec::logistic_regression(1.0, ClassWeight::None),
        };
        let labels = recipe.mapping.classes.clone();
        let fit = fit_final(&corpus.counts, &corpus.terms, &plan, &spec, &labels)?;
        let mut describer = Describer::new(fit.pipeline)?;
        let rows: Vec<(DescribedRow, u8)> = plan
            .test
            .iter()
            .map(|&doc| (describer.describe(&texts[doc as usize].0), texts[doc as usize].1))
            .collect();
        let unhappy = (0..rows.len()).filter(|row| LabelId(rows[*row].1) == LabelId(0)).collect();
        Ok(Self { rows, labels, unhappy })
    }

    fn profile(&self, rows: &[usize], is_batch: bool) -> Result<Profile> {
        let mut builder = ProfileBuilder::new(&self.labels);
        rows.iter().for_each(|row| push_row(&self.rows[*row].0, Some(self.rows[*row].1), true, &mut builder));
        Ok(if is_batch { builder.finish_whole()? } else { builder.finish()? })
    }

    fn words(&self, rows: &[usize]) -> Vec<Vec<String>> {
        rows.iter().map(|row| self.rows[*row].0.words.clone()).collect()
    }

    fn answers(&self, rows: &[usize], with_labels: bool) -> Result<AnswerCounts> {
        let mut counts = AnswerCounts::new(self.labels.len() as u32);
        counts.extend(rows.iter().map(|row| {
            let (row, truth) = &self.rows[*row];
            let probability = row.answer.probabilities[usize::from(row.answer.label)];
            (row.answer.label, probability, with_labels.then_some(*truth))
        }))?;
        Ok(counts)
    }
}

/// Draws `n` of `order`'s items to its front.
fn draw(order: &mut [usize], n: usize, stream: &mut RandomStream) {
    for place in 0..n {
        let other = place + stream.below((order.len() - place) as u64) as usize;
        order.swap(place, other);
    }
}

/// Alarms of batches that are as the reference: `n_repeats` times both are drawn anew without replacement.
///
/// # Errors
/// Where the file cannot be read or is too small.
pub fn alarms(file: &Path, (n_reference, n_batch): (usize, usize), n_repeats: u32) -> Result<Value> {
    let population = Population::read(file)?;
    let n_rows = population.rows.len();
    ensure!(n_reference + n_batch <= n_rows, "{n_rows} reviews hold no {n_reference} and {n_batch}");
    let mut stream = RandomStream::new("bench statistics", &[SEED, n_reference as u64, n_batch as u64]);
    let mut order: Vec<usize> = (0..n_rows).collect();
    let mut alarms: std::collections::BTreeMap<String, (u32, u32, f64)> = Default::default();
    let (mut n_verdict, mut n_blind, mut n_covered, mut n_estimates, mut width) = (0, 0, 0, 0, 0.0);
    for repeat in 0..n_repeats {
        draw(&mut order, n_reference + n_batch, &mut stream);
        let (before, now) = order[..n_reference + n_batch].split_at(n_reference);
        let spec = DomainSpec { seed: u64::from(repeat), n_deals: DEALS };
        let texts = domain_drift(&population.words(before), &population.words(now), spec);
        let found = drift(&population.profile(before, false)?, &population.profile(now, true)?, texts);
        let mut note = |name: &str, p: f64, size: f64| {
            let counted = alarms.entry(name.to_owned()).or_default();
            counted.0 += u32::from(p <= ALARM_LEVEL);
            counted.1 += 1;
            counted.2 += size;
        };
        found.columns.iter().for_each(|column| note(&column.name, column.p_value, column.would_see));
        found.terms.iter().for_each(|terms| note("(words)", terms.p_value, 0.0));
        found.texts.iter().for_each(|texts| note("(texts)", texts.p_value, texts.by_luck));
        n_verdict += u32::from(found.verdict <= Verdict::SmallShift);
        n_blind += u32::from(found.verdict == Verdict::NotEnoughData);
        let known = population.answers(before, true)?;
        let spec = EstimateSpec { n_draws: 400, ..EstimateSpec::usual(u64::from(repeat)) };
        if let Some(expected) = estimate(&known, &population.answers(now, false)?, &spec) {
            let realised = realised_f1_macro(&population.answers(now, true)?).context("labels")?;
            n_covered += u32::from((expected.interval.low..=expected.interval.high).contains(&realised));
            n_estimates += 1;
            width += expected.interval.high - expected.interval.low;
        }
    }
    let all = population.profile(&order, true)?;
    let columns: Vec<Value> = alarms
        .into_iter()
        .map(|(name, (n, of, size))| {
            let would_see = size / f64::from(of.max(1));
            let is_common = all.column(&name).is_some_and(|column| is_common(column, n_batch));
            json!({ "name": name, "n_alarms": n, "n_tests": of, "would_see": would_see, "is_common": is_common })
        })
        .collect();
    Ok(json!({
        "n_population": n_rows, "n_reference": n_reference, "n_batch": n_batch, "n_repeats": n_repeats,
        "columns": columns, "n_verdict": n_verdict, "n_blind": n_blind,
        "n_covered": n_covered, "n_estimates": n_estimates, "mean_width": width / f64::from(n_estimates.max(1)),
    }))
}

/// Whether five rows or more of each class are expected in a batch.
fn is_common(column: &ColumnCounts, n_batch: usize) -> bool {
    let is_expected = |n: u64, of: u64| n as f64 / of as f64 * n_batch as f64 >= LEAST_EXPECTED;
    match column {
        ColumnCounts::Numbers { .. } => false,
        ColumnCounts::Flag { n_yes, n_rows } => {
            is_expected(*n_yes, *n_rows) && is_expected(n_rows - n_yes, *n_rows)
        }
        ColumnCounts::Classes { counts } => {
            counts.len() > 1 && counts.iter().all(|class| is_expected(class.1, column.n_rows()))
        }
    }
}

/// How often a share of unhappy reviews is seen, by its size.
///
/// # Errors
/// As `alarms`.
pub fn power(file: &Path, (n_reference, n_batch): (usize, usize)) -> Result<Value> {
    let population = Population::read(file)?;
    ensure!(n_reference + n_batch <= population.rows.len(), "the file is too small");
    let mut stream = RandomStream::new("bench power", &[SEED, n_batch as u64]);
    let mut order: Vec<usize> = (0..population.rows.len()).collect();
    let mut seen = Vec::new();
    for shift in SHIFTS {
        let mut n_seen = 0;
        for _ in 0..N_POWER {
            draw(&mut order, n_reference + n_batch, &mut stream);
            let (before, now) = order[..n_reference + n_batch].split_at(n_reference);
            let unhappy = |stream: &mut RandomStream| {
                population.unhappy[stream.below(population.unhappy.len() as u64) as usize]
            };
            let moved: Vec<usize> = now
                .iter()
                .map(|row| if stream.unit() < shift { unhappy(&mut stream) } else { *row })
                .collect();
            let found: Drift =
                drift(&population.profile(before, false)?, &population.profile(&moved, true)?, None);
            n_seen += u32::from(found.verdict <= Verdict::SmallShift);
        }
        seen.push(json!({ "shift": shift, "share": f64::from(n_seen) / f64::from(N_POWER) }));
    }
    Ok(json!({ "n_reference": n_reference, "n_batch": n_batch, "seen": seen }))
}

/// How many A/B tests of at most `n_labels` labels end with a winner, and after how many labels half of them have.
///
/// # Errors
/// None but those of its signature.
pub fn winners(share: f64, n_tests: u32, n_labels: u32) -> Result<Value> {
    let mut stream = RandomStream::new("bench winners", &[SEED, share.to_bits()]);
    let mut ended: Vec<u64> = Vec::new();
    for _ in 0..n_tests {
        let mut right = [0, 0];
        for _ in 0..n_labels {
            right[usize::from(stream.unit() < share)] += 1;
            if evidence(right[0], right[1]) >= 20.0 {
                ended.push(right[0] + right[1]);
                break;
            }
        }
    }
    ended.sort_unstable();
    let median = ended.get(ended.len() / 2).copied();
    Ok(json!({ "share": share, "n_tests": n_tests, "n_winners": ended.len(), "median_labels": median }))
}
