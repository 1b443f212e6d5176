//! Counts that arrive piece by piece, read as they come: a worker never holds their bytes and what they say at once.
//! In: the number of bytes, then the bytes in order. Out: counts with every bound checked.
//! Never: memory for more than the bytes that were announced.

use super::{Counts, FeatureError, TokenRule};
use crate::dataset::{LabelId, RowKeys};

/// First bytes of counts.
pub(super) const MAGIC: &[u8; 4] = b"RLC1";
/// What the fourth byte of the shape says follows.
pub(super) const HAS_RULE: u8 = 1;
pub(super) const HAS_TIMES: u8 = 2;
pub(super) const HAS_GROUPS: u8 = 4;

pub(super) fn damaged(what: &'static str) -> FeatureError {
    FeatureError::Damaged { what }
}

/// Bytes of counts, taken in turn.
pub(super) struct Reader<'a> {
    pub rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], FeatureError> {
        let (taken, rest) = self.rest.split_at_checked(n_bytes).ok_or(damaged("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn number(&mut self) -> Result<u32, FeatureError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}

/// What is being read of counts.
#[derive(Debug)]
pub struct CountsReader {
    n_bytes: usize,
    n_given: usize,
    /// Bytes that were given and not understood yet: of the head, or of a number that goes on in the next piece.
    carried: Vec<u8>,
    body: Option<Body>,
}

/// The counts so far, once their head is known.
#[derive(Debug)]
struct Body {
    n_docs: usize,
    n_entries: usize,
    parts: u8,
    counts: Counts,
}

impl CountsReader {
    /// Awaits `n_bytes` of counts.
    pub fn new(n_bytes: usize) -> Self {
        Self { n_bytes, n_given: 0, carried: Vec::new(), body: None }
    }

    /// How many bytes are still to come.
    pub fn n_missing(&self) -> usize {
        self.n_bytes.saturating_sub(self.n_given)
    }

    /// Whether bytes that begin so are counts.
    pub fn are_counts(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Takes the bytes that follow.
    ///
    /// # Errors
    /// `FeatureError::Damaged` as soon as they cannot be counts.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), FeatureError> {
        self.n_given += piece.len();
        if self.n_given > self.n_bytes {
            return Err(damaged("bytes after the end"));
        }
        let joined;
        let mut rest = if self.carried.is_empty() {
            piece
        } else {
            let mut bytes = std::mem::take(&mut self.carried);
            bytes.extend_from_slice(piece);
            joined = bytes;
            &joined
        };
        if self.body.is_none() {
            let mut reader = Reader { rest };
            match Body::of_head(&mut reader, self.n_bytes) {
                Ok(body) => {
                    rest = reader.rest;
                    self.body = Some(body);
                }
                // The head may go on in the next piece.
                Err(_) if self.n_given < self.n_bytes => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(body) = &mut self.body {
            rest = body.take(rest);
        }
        self.carried.extend_from_slice(rest);
        Ok(())
    }

    /// The counts, checked.
    ///
    /// # Errors
    /// `FeatureError::Damaged` where bytes are missing or parts do not agree.
    pub fn finish(self) -> Result<Counts, FeatureError> {
        let body = self.body.filter(|_| self.n_given == self.n_bytes).ok_or(damaged("it ends too early"))?;
        if !self.carried.is_empty() {
            return Err(damaged("bytes after the end"));
        }
        body.counts.validate()?;
        Ok(body.counts)
    }
}

impl Body {
    /// Reads the head; what follows must be as long as it says, `n_bytes` with the head.
    fn of_head(reader: &mut Reader, n_bytes: usize) -> Result<Self, FeatureError> {
        let n_before = reader.rest.len();
        if reader.take(4)? != MAGIC {
            return Err(damaged("no counts of this version"));
        }
        let shape = reader.take(4)?;
        let (n_classes, ngram_range) = (shape[0], (shape[1], shape[2]));
        let parts = shape[3];
        if parts > HAS_RULE | HAS_TIMES | HAS_GROUPS {
            return Err(damaged("reserved byte"));
        }
        let mut tokens = TokenRule::default();
        if parts & HAS_RULE != 0 {
            let n_bytes = reader.number()? as usize;
            let rule = std::str::from_utf8(reader.take(n_bytes)?);
            let rule = rule.or(Err(damaged("rule of its tokens")))?;
            tokens = json::from_str(rule).or(Err(damaged("rule of its tokens")))?;
            if tokens == TokenRule::default() {
                return Err(damaged("rule of its tokens"));
            }
        }
        let (n_terms, df_floor) = (reader.number()?, reader.number()?);
        let (n_docs, n_entries) = (reader.number()? as usize, reader.number()? as usize);
        // Counts have one spelling, so that equal ones have one name.
        if n_docs == 0 && parts & (HAS_TIMES | HAS_GROUPS) != 0 {
            return Err(damaged("dates or groups"));
        }
        let per_doc =
            5 + if parts & HAS_TIMES != 0 { 8 } else { 0 } + if parts & HAS_GROUPS != 0 { 4 } else { 0 };
        let n_head = n_before - reader.rest.len();
        let n_expected = n_docs
            .checked_mul(per_doc)
            .and_then(|n| n.checked_add(n_entries.checked_mul(6)?))
            .and_then(|n| n.checked_add(n_head + 4));
        match n_expected {
            Some(n_expected) if n_expected < n_bytes => return Err(damaged("bytes after the end")),
            Some(n_expected) if n_expected == n_bytes => {}
            _ => return Err(damaged("it ends too early")),
        }
        let counts = Counts {
            n_classes,
            n_terms,
            df_floor,
            ngram_range,
            tokens,
            labels: Vec::new(),
            doc_starts: Vec::new(),
            term_ids: Vec::new(),
            counts: Vec::new(),
            keys: RowKeys::default(),
        };
        Ok(Self { n_docs, n_entries, parts, counts })
    }

    /// Takes what it can of some bytes, and gives the rest: less than one number, or what follows the end.
    fn take<'a>(&mut self, mut rest: &'a [u8]) -> &'a [u8] {
        let n_docs = |part: u8| if self.parts & part != 0 { self.n_docs } else { 0 };
        let (n_times, n_groups) = (n_docs(HAS_TIMES), n_docs(HAS_GROUPS));
        let Counts { labels, doc_starts, term_ids, counts, keys, .. } = &mut self.counts;
        let is_whole = fill(doc_starts, self.n_docs + 1, &mut rest, u32::from_le_bytes)
            && fill(term_ids, self.n_entries, &mut rest, u32::from_le_bytes)
            && fill(counts, self.n_entries, &mut rest, u16::from_le_bytes)
            && fill(labels, self.n_docs, &mut rest, |[label]| LabelId(label))
            && fill(&mut keys.times, n_times, &mut rest, i64::from_le_bytes)
            && fill(&mut keys.groups, n_groups, &mut rest, u32::from_le_bytes);
        debug_assert!(is_whole || rest.len() < size_of::<i64>());
        rest
    }
}

/// Adds values of `N` bytes each until there are `n_wanted` or the bytes are used up; whether there are.
fn fill<T, const N: usize>(
    values: &mut Vec<T>,
    n_wanted: usize,
    rest: &mut &[u8],
    read: impl Fn([u8; N]) -> T,
) -> bool {
    if values.capacity() == 0 {
        values.reserve_exact(n_wanted);
    }
    let n_more = (n_wanted - values.len()).min(rest.len() / N);
    let (now, after) = rest.split_at(n_more * N);
    values.extend(now.chunks_exact(N).map(|bytes| read(bytes.try_into().expect("N bytes at a time"))));
    *rest = after;
    values.len() == n_wanted
}
