//! Counts and terms as bytes, and back with every bound checked: what a worker or a store is handed.
//!
//! Numbers are little-endian. Terms are written as the bytes they share with the term before and the rest.

use kernels::DocCounts;

use super::arriving::{CountsReader, HAS_GROUPS, HAS_RULE, HAS_TIMES, MAGIC, Reader, damaged};
use super::{Counts, FeatureError, MAX_DOCS, MAX_TERMS, TokenRule};
use crate::dataset::{MAX_CLASSES, MIN_CLASSES, RowKeys};
use crate::num::ContentHash;

const TERMS_MAGIC: &[u8; 4] = b"RLT1";
/// Longest term that is read, in bytes.
const MAX_TERM_BYTES: usize = 1 << 20;

impl Counts {
    /// Number of documents.
    pub fn n_docs(&self) -> usize {
        self.labels.len()
    }

    /// Terms and counts of one document, terms ascending.
    pub fn row(&self, row: u32) -> (&[u32], &[u16]) {
        let range = self.doc_starts[row as usize] as usize..self.doc_starts[row as usize + 1] as usize;
        (&self.term_ids[range.clone()], &self.counts[range])
    }

    /// Terms and counts of all documents.
    pub(crate) fn rows(&self) -> DocCounts<'_> {
        let Self { n_terms, doc_starts: starts, term_ids: terms, counts, .. } = self;
        DocCounts { n_terms: *n_terms as usize, starts, terms, counts }
    }

    /// All of it as bytes; `from_bytes` reads them back.
    pub fn to_bytes(&self) -> Vec<u8> {
        let rule = match &self.tokens {
            rule if *rule == TokenRule::default() => Vec::new(),
            rule => json::to_string(rule).into_bytes(),
        };
        let mut bytes = Vec::with_capacity(32 + rule.len() + 5 * self.labels.len() + 6 * self.term_ids.len());
        bytes.extend_from_slice(MAGIC);
        let RowKeys { times, groups } = &self.keys;
        let parts =
            [(!rule.is_empty(), HAS_RULE), (!times.is_empty(), HAS_TIMES), (!groups.is_empty(), HAS_GROUPS)];
        let parts = parts.iter().filter(|(is_there, _)| *is_there).fold(0, |all, (_, part)| all | part);
        bytes.extend_from_slice(&[self.n_classes, self.ngram_range.0, self.ngram_range.1, parts]);
        if !rule.is_empty() {
            bytes.extend_from_slice(&(rule.len() as u32).to_le_bytes());
            bytes.extend_from_slice(&rule);
        }
        let sizes = [self.n_terms, self.df_floor, self.labels.len() as u32, self.term_ids.len() as u32];
        for number in sizes.iter().chain(&self.doc_starts).chain(&self.term_ids) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for count in &self.counts {
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        bytes.extend(self.labels.iter().map(|label| label.0));
        for time in times {
            bytes.extend_from_slice(&time.to_le_bytes());
        }
        for group in groups {
            bytes.extend_from_slice(&group.to_le_bytes());
        }
        bytes
    }

    /// Reads what `to_bytes` wrote and checks it.
    ///
    /// # Errors
    /// `FeatureError::Damaged` where the bytes are not such counts.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FeatureError> {
        let mut reader = CountsReader::new(bytes.len());
        reader.push(bytes)?;
        reader.finish()
    }

    /// Checks that all parts agree: after building, after loading.
    ///
    /// # Errors
    /// `FeatureError::Damaged` with what contradicts.
    pub fn validate(&self) -> Result<(), FeatureError> {
        let holds = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(damaged(what)) };
        holds((MIN_CLASSES..=MAX_CLASSES).contains(&usize::from(self.n_classes)), "number of classes")?;
        holds(self.counting().check().is_ok(), "n-gram lengths")?;
        holds(self.n_terms <= MAX_TERMS && self.labels.len() <= MAX_DOCS as usize, "size")?;
        holds(self.labels.iter().all(|label| label.0 < self.n_classes), "label out of range")?;
        holds(self.doc_starts.len() == self.labels.len() + 1, "number of documents")?;
        let is_one_a_row = |n_found: usize| n_found == 0 || n_found == self.labels.len();
        let RowKeys { times, groups } = &self.keys;
        holds(is_one_a_row(times.len()) && is_one_a_row(groups.len()), "dates or groups")?;
        holds(self.doc_starts[0] == 0, "first document")?;
        holds(self.doc_starts.is_sorted(), "order of documents")?;
        holds(self.doc_starts[self.labels.len()] as usize == self.term_ids.len(), "number of entries")?;
        holds(self.counts.len() == self.term_ids.len(), "number of counts")?;
        holds(self.counts.iter().all(|&count| count > 0), "count of zero")?;
        let rows_ascend = self.doc_starts.windows(2).all(|range| {
            let terms = &self.term_ids[range[0] as usize..range[1] as usize];
            terms.windows(2).all(|pair| pair[0] < pair[1])
                && terms.last().is_none_or(|&last| last < self.n_terms)
        });
        holds(rows_ascend, "order of terms")
    }

    /// SHA-256 of `to_bytes`: the name these counts are cached under.
    pub fn content_hash(&self) -> ContentHash {
        ContentHash::of(&self.to_bytes())
    }
}

/// Terms, which ascend, as bytes; `decode_terms` reads them back.
pub fn encode_terms(terms: &[String]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + 8 * terms.len());
    bytes.extend_from_slice(TERMS_MAGIC);
    bytes.extend_from_slice(&(terms.len() as u32).to_le_bytes());
    let mut before: &[u8] = b"";
    for term in terms {
        let term = term.as_bytes();
        let shared = before.iter().zip(term).take_while(|(a, b)| a == b).count();
        push_length(&mut bytes, shared);
        push_length(&mut bytes, term.len() - shared);
        bytes.extend_from_slice(&term[shared..]);
        before = term;
    }
    bytes
}

/// Reads what `encode_terms` wrote and checks that terms are UTF-8 and ascend.
///
/// # Errors
/// `FeatureError::Damaged` where the bytes are not such terms.
pub fn decode_terms(bytes: &[u8]) -> Result<Vec<String>, FeatureError> {
    let mut reader = Reader { rest: bytes };
    if reader.take(4)? != TERMS_MAGIC {
        return Err(damaged("no terms of this version"));
    }
    let n_terms = reader.number()?;
    // Each term takes two bytes at least, so a wrong number cannot ask for much memory.
    if n_terms > MAX_TERMS || n_terms as usize > reader.rest.len() / 2 {
        return Err(damaged("number of terms"));
    }
    let mut terms: Vec<String> = Vec::with_capacity(n_terms as usize);
    let mut term: Vec<u8> = Vec::new();
    for _ in 0..n_terms {
        let shared = reader.length()?;
        let n_rest = reader.length()?;
        if shared > term.len() || shared + n_rest > MAX_TERM_BYTES {
            return Err(damaged("length of a term"));
        }
        term.truncate(shared);
        term.extend_from_slice(reader.take(n_rest)?);
        let text = std::str::from_utf8(&term).or(Err(damaged("a term is no text")))?;
        if terms.last().is_some_and(|before| before.as_str() >= text) {
            return Err(damaged("order of terms"));
        }
        terms.push(text.to_owned());
    }
    if reader.rest.is_empty() { Ok(terms) } else { Err(damaged("bytes after the end")) }
}

/// Seven bits a byte, low ones first; the top bit says that more follow.
fn push_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
}

impl Reader<'_> {
    fn length(&mut self) -> Result<usize, FeatureError> {
        let mut length = 0;
        for shift in [0, 7, 14] {
            let byte = self.take(1)?[0];
            length |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(length);
            }
        }
        Err(damaged("length of a term"))
    }
}
