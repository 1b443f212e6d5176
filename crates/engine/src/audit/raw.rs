//! What a text shows before it is cleaned.

use kernels::fingerprint;
use rustc_hash::FxBuildHasher;
use std::collections::{BTreeMap, HashSet};

use super::boilerplate::EdgeWatch;
use super::language::{Language, LanguageGuesser};
use super::stars::spells_stars;
use super::{Example, MAX_EXAMPLES, TextEdge};
use crate::dataset::KeptRow;

/// Counts rows of one sort and keeps the first.
#[derive(Default)]
pub(super) struct Tally {
    pub n_rows: u64,
    pub docs: Vec<u32>,
    pub examples: Vec<Example>,
}

impl Tally {
    pub fn add(&mut self, row: &KeptRow<'_>) {
        self.n_rows += 1;
        self.docs.push(row.doc_idx);
        if self.examples.len() < MAX_EXAMPLES {
            self.examples.push(Example::new(row.record, row.text));
        }
    }
}

/// Watches texts as they stand in the file.
pub(super) struct RawScan {
    pub start: EdgeWatch,
    pub end: EdgeWatch,
    pub stars: Tally,
    pub repeats: Tally,
    pub languages: BTreeMap<Language, Tally>,
    guesser: LanguageGuesser,
    /// 128 bits of each text and class (SipHash-1-3, a fixed key).
    seen: HashSet<u128, FxBuildHasher>,
}

impl RawScan {
    pub fn new() -> Self {
        Self {
            start: EdgeWatch::new(TextEdge::Start),
            end: EdgeWatch::new(TextEdge::End),
            stars: Tally::default(),
            repeats: Tally::default(),
            languages: BTreeMap::new(),
            guesser: LanguageGuesser::new(),
            seen: HashSet::default(),
        }
    }

    pub fn see(&mut self, row: &KeptRow<'_>) {
        self.start.see(row.record, row.text);
        self.end.see(row.record, row.text);
        if spells_stars(row.text) {
            self.stars.add(row);
        }
        if let Some(language) = self.guesser.guess(row.text) {
            self.languages.entry(language).or_default().add(row);
        }
        if !self.seen.insert(fingerprint(row.text, &[row.label.0])) {
            self.repeats.add(row);
        }
    }
}
