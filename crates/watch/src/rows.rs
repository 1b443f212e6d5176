//! The answers to a file's rows as columns of bytes, and back with every bound checked.
//!
//! A file's answers are blocks one after another, each with a head of its own, so that they are written while the file
//! is read and no more than a block is held. Numbers are little-endian. A block: magic, flags, scores a row, classes,
//! rows, first row number, bytes of texts; then the columns row number (less the first), class (with a bit for too
//! close to call), scores, probabilities, the true class where labels are known, and texts or their hashes.

use engine::dataset::MAX_CLASSES;
use engine::num::ContentHash;
use engine::pipeline::Prediction;
use thiserror::Error;

const MAGIC: &[u8; 4] = b"RLA1";
/// Bytes before the columns.
const HEAD_BYTES: usize = 28;
/// Most rows of one block: what one chunk of a file holds is less.
pub const MAX_BLOCK_ROWS: usize = 4 << 20;
/// Bytes of a text's SHA-256 that are kept: two of a hundred million texts share them by chance once in 10^22 files.
pub const TEXT_HASH_BYTES: usize = 16;
/// The flag of a block that holds texts.
const WITH_TEXTS: u8 = 1;
/// The flag of a block that holds true classes.
const WITH_TRUTH: u8 = 2;
/// The bit of a class that says too close to call.
const UNSURE: u8 = 0x80;
/// The true class of a row without a label that is known.
const NO_TRUTH: u8 = 0xff;

/// Bytes that hold no answers.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("these are no kept answers ({what}): delete them and predict the file again")]
pub struct RowsError {
    /// What is wrong with them.
    pub what: &'static str,
}

/// What is kept of a row's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowText {
    /// All of it.
    Text(String),
    /// The first bytes of its SHA-256.
    Hash([u8; TEXT_HASH_BYTES]),
}

impl RowText {
    /// The hash of a text.
    pub fn hash_of(text: &str) -> Self {
        let ContentHash(bytes) = ContentHash::of(text.as_bytes());
        Self::Hash(std::array::from_fn(|byte| bytes[byte]))
    }
}

/// The answer to one row.
#[derive(Clone, Debug, PartialEq)]
pub struct AnsweredRow {
    /// Row number in the file, as pandas counts.
    pub record: u64,
    /// Index of the class.
    pub label: u8,
    /// It was too close to call.
    pub is_unsure: bool,
    /// The model's scores: one for two classes, else one a class.
    pub scores: Vec<f64>,
    /// Probability of each class, to seven digits.
    pub probabilities: Vec<f32>,
    /// The class of its label, where that is known.
    pub truth: Option<u8>,
    /// Its text, or what tells it from others.
    pub text: RowText,
}

/// Gathers a block. Shapes: `records`, `labels`, `truth`: n_rows; `scores`: n_rows x n_scores; `probabilities`:
/// n_rows x n_classes.
#[derive(Clone, Debug)]
pub struct RowsBlock {
    n_classes: usize,
    n_scores: usize,
    with_texts: bool,
    with_truth: bool,
    records: Vec<u64>,
    labels: Vec<u8>,
    scores: Vec<f64>,
    probabilities: Vec<f32>,
    truth: Vec<u8>,
    texts: Vec<u8>,
    text_ends: Vec<u32>,
}

impl RowsBlock {
    /// An empty block for answers in `n_classes`; with the texts themselves, with true classes.
    pub fn new(n_classes: usize, with_texts: bool, with_truth: bool) -> Self {
        Self {
            n_classes,
            n_scores: if n_classes == 2 { 1 } else { n_classes },
            with_texts,
            with_truth,
            records: Vec::new(),
            labels: Vec::new(),
            scores: Vec::new(),
            probabilities: Vec::new(),
            truth: Vec::new(),
            texts: Vec::new(),
            text_ends: Vec::new(),
        }
    }

    /// Rows gathered.
    pub fn n_rows(&self) -> usize {
        self.records.len()
    }

    /// Adds a row; rows come in the order of the file.
    pub fn push(&mut self, record: u64, text: &str, answer: &Prediction, truth: Option<u8>) {
        self.records.push(record);
        self.labels.push(answer.label | if answer.abstains { UNSURE } else { 0 });
        let padded = |values: &[f64], n: usize| {
            let at = |place: usize| values.get(place).copied().unwrap_or(0.0);
            (0..n).map(at).collect::<Vec<f64>>()
        };
        self.scores.extend(padded(&answer.scores, self.n_scores));
        self.probabilities
            .extend(padded(&answer.probabilities, self.n_classes).into_iter().map(|p| p as f32));
        if self.with_truth {
            self.truth.push(truth.unwrap_or(NO_TRUTH));
        }
        if self.with_texts {
            self.texts.extend_from_slice(text.as_bytes());
            self.text_ends.push(self.texts.len() as u32);
        } else if let RowText::Hash(hash) = RowText::hash_of(text) {
            self.texts.extend_from_slice(&hash);
        }
    }

    /// The block as bytes, and an empty one in its place; nothing of no rows.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        let fresh = Self::new(self.n_classes, self.with_texts, self.with_truth);
        let block = std::mem::replace(self, fresh);
        let Some(&first) = block.records.first() else { return Vec::new() };
        let flags =
            if block.with_texts { WITH_TEXTS } else { 0 } | if block.with_truth { WITH_TRUTH } else { 0 };
        let mut bytes = Vec::with_capacity(HEAD_BYTES + block.records.len() * 48 + block.texts.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[flags, block.n_scores as u8, block.n_classes as u8, 0]);
        bytes.extend_from_slice(&(block.records.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&first.to_le_bytes());
        bytes.extend_from_slice(&(block.texts.len() as u64).to_le_bytes());
        for record in &block.records {
            bytes.extend_from_slice(&((record - first) as u32).to_le_bytes());
        }
        bytes.extend_from_slice(&block.labels);
        block.scores.iter().for_each(|score| bytes.extend_from_slice(&score.to_le_bytes()));
        block.probabilities.iter().for_each(|share| bytes.extend_from_slice(&share.to_le_bytes()));
        bytes.extend_from_slice(&block.truth);
        block.text_ends.iter().for_each(|end| bytes.extend_from_slice(&end.to_le_bytes()));
        bytes.extend_from_slice(&block.texts);
        bytes
    }
}

/// The rows of all blocks, in order.
///
/// # Errors
/// Where the bytes are not such blocks.
pub fn read_rows(mut bytes: &[u8]) -> Result<Vec<AnsweredRow>, RowsError> {
    let mut rows = Vec::new();
    while !bytes.is_empty() {
        bytes = read_block(bytes, &mut rows)?;
    }
    Ok(rows)
}

/// What a block says of itself.
struct Head {
    with_texts: bool,
    with_truth: bool,
    n_scores: usize,
    n_classes: usize,
    n_rows: usize,
    first: u64,
    n_text_bytes: usize,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let head: &[u8; HEAD_BYTES] = bytes.get(..HEAD_BYTES)?.try_into().ok()?;
        let eight = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| head[at + byte]));
        let flags = head[4];
        let found = Self {
            with_texts: flags & WITH_TEXTS != 0,
            with_truth: flags & WITH_TRUTH != 0,
            n_scores: usize::from(head[5]),
            n_classes: usize::from(head[6]),
            n_rows: u32::from_le_bytes(std::array::from_fn(|byte| head[8 + byte])) as usize,
            first: eight(12),
            n_text_bytes: usize::try_from(eight(20)).ok()?,
        };
        let n_scores = if found.n_classes == 2 { 1 } else { found.n_classes };
        let is_it = head.starts_with(MAGIC)
            && flags & !(WITH_TEXTS | WITH_TRUTH) == 0
            && head[7] == 0
            && (2..=MAX_CLASSES).contains(&found.n_classes)
            && found.n_scores == n_scores
            && (1..=MAX_BLOCK_ROWS).contains(&found.n_rows);
        is_it.then_some(found)
    }
}

/// Appends the rows of the first block; what follows it.
fn read_block<'a>(bytes: &'a [u8], rows: &mut Vec<AnsweredRow>) -> Result<&'a [u8], RowsError> {
    let wrong = |what| RowsError { what };
    let head = Head::read(bytes).ok_or(wrong("their beginning"))?;
    let Head { n_rows, n_scores, n_classes, .. } = head;
    let mut rest = &bytes[HEAD_BYTES..];
    let mut column = |n_bytes: usize| {
        let (column, after) = rest.split_at_checked(n_bytes).ok_or(wrong("their length"))?;
        rest = after;
        Ok(column)
    };
    let records = column(4 * n_rows)?;
    let labels = column(n_rows)?;
    let scores = column(8 * n_rows * n_scores)?;
    let probabilities = column(4 * n_rows * n_classes)?;
    let truth = column(if head.with_truth { n_rows } else { 0 })?;
    let ends = column(if head.with_texts { 4 * n_rows } else { 0 })?;
    let texts = column(head.n_text_bytes)?;
    if !head.with_texts && texts.len() != n_rows * TEXT_HASH_BYTES {
        return Err(wrong("their texts"));
    }
    let four = |bytes: &[u8], at: usize| std::array::from_fn(|byte| bytes[4 * at + byte]);
    let mut text_start = 0;
    for row in 0..n_rows {
        let (label, is_unsure) = (labels[row] & !UNSURE, labels[row] & UNSURE != 0);
        let truth = truth.get(row).copied().filter(|label| *label != NO_TRUTH);
        if [Some(label), truth].into_iter().flatten().any(|label| usize::from(label) >= n_classes) {
            return Err(wrong("a class"));
        }
        let text = if head.with_texts {
            let end = u32::from_le_bytes(four(ends, row)) as usize;
            let text = texts.get(text_start..end).and_then(|text| std::str::from_utf8(text).ok());
            text_start = end;
            RowText::Text(text.ok_or(wrong("a text"))?.to_owned())
        } else {
            RowText::Hash(std::array::from_fn(|byte| texts[row * TEXT_HASH_BYTES + byte]))
        };
        let score = |at: usize| f64::from_le_bytes(std::array::from_fn(|byte| scores[8 * at + byte]));
        let share = |at: usize| f32::from_le_bytes(four(probabilities, at));
        let record = head.first.checked_add(u64::from(u32::from_le_bytes(four(records, row))));
        rows.push(AnsweredRow {
            record: record.ok_or(wrong("a row number"))?,
            label,
            is_unsure,
            scores: (row * n_scores..(row + 1) * n_scores).map(score).collect(),
            probabilities: (row * n_classes..(row + 1) * n_classes).map(share).collect(),
            truth,
            text,
        });
    }
    Ok(rest)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use expect_test::expect_file;
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    fn answer(label: u8, second: f64, abstains: bool) -> Prediction {
        Prediction { label, probabilities: vec![1.0 - second, second], scores: vec![second - 0.5], abstains }
    }

    fn block(with_texts: bool, with_truth: bool) -> RowsBlock {
        let mut block = RowsBlock::new(2, with_texts, with_truth);
        block.push(3, "great 😀", &answer(1, 0.75, false), Some(1));
        block.push(4, "", &answer(0, 0.5, true), None);
        block.push(9, "kaputt", &answer(0, 0.125, false), Some(1));
        block
    }

    #[track_caller]
    fn check(with_texts: bool, with_truth: bool) {
        let mut block = block(with_texts, with_truth);
        let bytes = [block.take_bytes(), self::block(with_texts, with_truth).take_bytes()].concat();
        assert_eq!((block.n_rows(), block.take_bytes()), (0, Vec::new()));
        let rows = read_rows(&bytes).expect("they are answers");
        assert_eq!(rows.len(), 6);
        let text = |text: &str| match with_texts {
            true => RowText::Text(text.to_owned()),
            false => RowText::hash_of(text),
        };
        let expected = AnsweredRow {
            record: 9,
            label: 0,
            is_unsure: false,
            scores: vec![-0.375],
            probabilities: vec![0.875, 0.125],
            truth: with_truth.then_some(1),
            text: text("kaputt"),
        };
        assert_eq!(rows[2], expected);
        assert_eq!((rows[1].is_unsure, rows[1].truth, rows[1].text.clone()), (true, None, text("")));
        for end in 0..bytes.len() {
            let is_whole = end == 0 || end * 2 == bytes.len();
            assert_eq!(read_rows(&bytes[..end]).is_ok(), is_whole, "cut at {end}");
        }
    }

    #[test]
    fn rows_come_back_with_and_without_texts_and_labels() {
        for with_texts in [false, true] {
            for with_truth in [false, true] {
                check(with_texts, with_truth);
            }
        }
    }

    #[test]
    fn the_bytes_of_version_1_are_read_for_good() {
        let hex: String = block(true, true).take_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        expect_file!["../testdata/rows_1.hex"].assert_eq(&hex);
    }

    proptest! {
        #[test]
        fn other_bytes_are_refused_or_are_rows(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..4),
        ) {
            prop_assert!(bytes.is_empty() || read_rows(&bytes).is_err() || bytes.starts_with(MAGIC));
            let mut written = block(true, true).take_bytes();
            for (at, value) in changes {
                let at = at.index(written.len());
                written[at] = value;
            }
            if let Ok(rows) = read_rows(&written) {
                prop_assert!(rows.iter().all(|row| row.label < MAX_CLASSES as u8));
            }
        }
    }
}
