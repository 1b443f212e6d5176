//! The training part in: each distinct row once, columns numbered from the most frequent on. Made once a
//! study and shared by all trials.

use std::hash::{BuildHasher, Hash, Hasher};

use rustc_hash::{FxBuildHasher, FxHashMap};

/// Columns and counts of documents. Shapes: `starts`: n_docs + 1 into `terms` and `counts`, terms ascending
/// within a document and below `n_terms`.
#[derive(Clone, Copy, Debug)]
pub struct DocCounts<'a> {
    /// Number of distinct terms.
    pub n_terms: usize,
    /// Where each document begins.
    pub starts: &'a [u32],
    /// Term ids.
    pub terms: &'a [u32],
    /// How often each stands there.
    pub counts: &'a [u16],
}

impl<'a> DocCounts<'a> {
    fn row(self, doc: u32) -> (&'a [u32], &'a [u16]) {
        let range = self.starts[doc as usize] as usize..self.starts[doc as usize + 1] as usize;
        (&self.terms[range.clone()], &self.counts[range])
    }
}

/// Distinct rows of the training part.
///
/// Shapes: `starts`: n_rows + 1 into `cols` and `counts`, columns ascending within a row; `row_of`: n_train;
/// `terms`: n_cols.
#[derive(Debug)]
pub struct TrainRows {
    starts: Vec<u32>,
    cols: Vec<u32>,
    counts: Vec<u16>,
    /// The distinct row of each training document.
    pub row_of: Vec<u32>,
    /// The term of each column; a smaller column is at least as frequent in the training part.
    pub terms: Vec<u32>,
}

impl TrainRows {
    /// The documents `train` of `counts`.
    #[inline(never)]
    pub fn new(counts: DocCounts<'_>, train: &[u32]) -> Self {
        let (terms, col_of_term) = columns_by_frequency(counts, train);
        // Lists that grow hold twice what they need for a while, and memory of a worker never shrinks.
        let n_entries = train.iter().map(|&doc| counts.row(doc).0.len()).sum();
        let mut rows = Self {
            starts: Vec::with_capacity(train.len() + 1),
            cols: Vec::with_capacity(n_entries),
            counts: Vec::with_capacity(n_entries),
            row_of: Vec::with_capacity(train.len()),
            terms,
        };
        rows.starts.push(0);
        let mut first_with_hash: FxHashMap<u64, u32> = FxHashMap::default();
        // Rows of equal hash but other content, found by walking from the first.
        let mut next_with_hash: Vec<Option<u32>> = Vec::new();
        let mut entries: Vec<(u32, u16)> = Vec::new();
        for &doc in train {
            let (term_ids, term_counts) = counts.row(doc);
            entries.clear();
            let cols = term_ids.iter().map(|&term| col_of_term[term as usize]);
            entries.extend(cols.zip(term_counts.iter().copied()));
            entries.sort_unstable();
            let mut hasher = FxBuildHasher.build_hasher();
            entries.hash(&mut hasher);
            let mut candidate = first_with_hash.get(&hasher.finish()).copied();
            while let Some(row) = candidate.filter(|&row| !rows.equals(row, &entries)) {
                candidate = next_with_hash[row as usize];
            }
            let row = candidate.unwrap_or_else(|| {
                let row = rows.push(&entries);
                next_with_hash.push(first_with_hash.insert(hasher.finish(), row));
                row
            });
            rows.row_of.push(row);
        }
        rows
    }

    /// Number of distinct rows.
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns.
    pub fn n_cols(&self) -> usize {
        self.terms.len()
    }

    /// Columns of a row, ascending, and their counts.
    pub fn row(&self, row: usize) -> (&[u32], &[u16]) {
        let range = self.starts[row] as usize..self.starts[row + 1] as usize;
        (&self.cols[range.clone()], &self.counts[range])
    }

    fn equals(&self, row: u32, entries: &[(u32, u16)]) -> bool {
        let (cols, counts) = self.row(row as usize);
        cols.len() == entries.len() && cols.iter().zip(counts).zip(entries).all(|((c, n), e)| (*c, *n) == *e)
    }

    fn push(&mut self, entries: &[(u32, u16)]) -> u32 {
        self.cols.extend(entries.iter().map(|entry| entry.0));
        self.counts.extend(entries.iter().map(|entry| entry.1));
        self.starts.push(self.cols.len() as u32);
        self.n_rows() as u32 - 1
    }
}

/// Terms of the training part from the most frequent on, equally frequent ones by id, and the inverse.
fn columns_by_frequency(counts: DocCounts<'_>, train: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut df = vec![0_u32; counts.n_terms];
    for &doc in train {
        counts.row(doc).0.iter().for_each(|&term| df[term as usize] += 1);
    }
    let mut terms: Vec<u32> = (0..counts.n_terms as u32).filter(|&term| df[term as usize] > 0).collect();
    terms.sort_by_key(|&term| std::cmp::Reverse(df[term as usize]));
    let mut col_of_term = vec![u32::MAX; counts.n_terms];
    for (col, &term) in (0..).zip(&terms) {
        col_of_term[term as usize] = col;
    }
    (terms, col_of_term)
}
