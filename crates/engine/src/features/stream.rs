//! Cleaned reviews in, one stream of numbered words or characters out: what n-grams are counted in.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::tokens::{Tokenizer, Units};
use super::{Analyzer, FeatureError, MAX_DOCS};

/// No symbol: a place that no n-gram crosses.
pub(super) const NONE: u32 = u32::MAX;

/// The reviews as symbols. Shapes: `doc_starts`: n_docs + 1 into `symbols`.
pub(super) struct Stream {
    pub doc_starts: Vec<u32>,
    /// Symbol at each place, or `NONE`.
    pub symbols: Vec<u32>,
    spelling: Spelling,
    /// What stands between the symbols of an n-gram.
    joiner: &'static str,
}

/// What each symbol stands for.
struct Spelling {
    symbols: Vec<String>,
    /// Their numbers, filled when first asked for.
    ids: FxHashMap<Box<str>, u32>,
}

impl Stream {
    /// Cuts all reviews; the lists they came in are used again where that can be.
    pub fn of(
        words: Vec<String>,
        doc_starts: Vec<u32>,
        word_ids: Vec<u32>,
        tokenizer: &Tokenizer,
    ) -> Result<Self, FeatureError> {
        let n_docs = doc_starts.len() - 1;
        if n_docs > MAX_DOCS as usize || word_ids.len() >= NONE as usize {
            let found = n_docs.max(word_ids.len()) as u64;
            return Err(FeatureError::TooManyDocs { found, most: u64::from(MAX_DOCS) });
        }
        if tokenizer.analyzer() != Analyzer::Word {
            return Self::of_characters(&words, &doc_starts, &word_ids, tokenizer);
        }
        if !tokenizer.cuts_word_by_word() {
            return Self::of_whole_texts(&words, &doc_starts, &word_ids, tokenizer);
        }
        // Most words are tokens as they are: tokens are numbered as the words, new ones after them.
        let n_words = words.len() as u32;
        let mut spelling = Spelling { symbols: words, ids: FxHashMap::default() };
        let cut = CutWords::of(n_words, tokenizer, &mut spelling);
        if !cut.several.is_empty() {
            let mut stream = Self { doc_starts: vec![0], symbols: Vec::new(), spelling, joiner: " " };
            stream.push_cut(&cut, &doc_starts, &word_ids, None)?;
            return Ok(stream);
        }
        let (mut doc_starts, mut symbols) = (doc_starts, word_ids);
        keep_single(&cut.single, &mut doc_starts, &mut symbols);
        Ok(Self { doc_starts, symbols, spelling, joiner: " " })
    }

    fn of_characters(
        words: &[String],
        doc_starts: &[u32],
        word_ids: &[u32],
        tokenizer: &Tokenizer,
    ) -> Result<Self, FeatureError> {
        let mut spelling = Spelling { symbols: Vec::new(), ids: FxHashMap::default() };
        let between = (tokenizer.analyzer() == Analyzer::Char).then(|| spelling.id_of(" "));
        let cut = CutWords::of_characters(words, tokenizer, &mut spelling);
        let mut stream = Self { doc_starts: vec![0], symbols: Vec::new(), spelling, joiner: "" };
        stream.push_cut(&cut, doc_starts, word_ids, between)?;
        Ok(stream)
    }

    fn of_whole_texts(
        words: &[String],
        doc_starts: &[u32],
        word_ids: &[u32],
        tokenizer: &Tokenizer,
    ) -> Result<Self, FeatureError> {
        let spelling = Spelling { symbols: Vec::new(), ids: FxHashMap::default() };
        let mut stream = Self { doc_starts: vec![0], symbols: Vec::new(), spelling, joiner: " " };
        let mut units = Units::default();
        for doc in doc_starts.windows(2) {
            units.clear();
            for &word in &word_ids[doc[0] as usize..doc[1] as usize] {
                tokenizer.push(&mut units, &words[word as usize]);
            }
            tokenizer.finish(&mut units);
            for &unit in units.units() {
                let symbol = stream.spelling.id_of(units.text_of(unit));
                stream.symbols.push(symbol);
            }
            stream.end_doc()?;
        }
        Ok(stream)
    }

    pub fn n_symbols(&self) -> usize {
        self.spelling.symbols.len()
    }

    /// Number and places of each review.
    pub fn docs(&self) -> impl Iterator<Item = (u32, Range<usize>)> + '_ {
        (0..).zip(self.doc_starts.windows(2).map(|range| range[0] as usize..range[1] as usize))
    }

    /// The n-gram of these symbols.
    pub fn spell(&self, symbols: &[u32]) -> String {
        let spelled = |symbol: u32| self.spelling.symbols[symbol as usize].as_str();
        let mut term = spelled(symbols[0]).to_owned();
        for &symbol in &symbols[1..] {
            term.push_str(self.joiner);
            term.push_str(spelled(symbol));
        }
        term
    }

    fn push_cut(
        &mut self,
        cut: &CutWords,
        doc_starts: &[u32],
        word_ids: &[u32],
        between: Option<u32>,
    ) -> Result<(), FeatureError> {
        for doc in doc_starts.windows(2) {
            for (place, word) in word_ids[doc[0] as usize..doc[1] as usize].iter().enumerate() {
                self.symbols.extend(between.filter(|_| place > 0));
                match cut.single[*word as usize] {
                    NONE => self.symbols.extend(cut.several.get(word).into_iter().flatten()),
                    symbol => self.symbols.push(symbol),
                }
            }
            self.end_doc()?;
        }
        Ok(())
    }

    fn end_doc(&mut self) -> Result<(), FeatureError> {
        let found = self.symbols.len();
        match u32::try_from(found).ok().filter(|&end| end < NONE) {
            Some(end) => self.doc_starts.push(end),
            None => return Err(FeatureError::TooManyDocs { found: found as u64, most: u64::from(NONE) }),
        }
        Ok(())
    }
}

/// Puts each word's symbol in its place and drops words that have none, in the lists themselves.
fn keep_single(single: &[u32], doc_starts: &mut [u32], word_ids: &mut Vec<u32>) {
    let (mut start, mut n_kept) = (0, 0);
    for end in &mut doc_starts[1..] {
        for position in start..*end as usize {
            let symbol = single[word_ids[position] as usize];
            word_ids[n_kept] = symbol;
            n_kept += usize::from(symbol != NONE);
        }
        start = *end as usize;
        *end = n_kept as u32;
    }
    word_ids.truncate(n_kept);
}

/// The symbols of each distinct word: `single` where it has one, `several` where it has more.
#[derive(Default)]
struct CutWords {
    single: Vec<u32>,
    several: FxHashMap<u32, Vec<u32>>,
}

impl CutWords {
    /// The tokens of the first `n_words` symbols.
    fn of(n_words: u32, tokenizer: &Tokenizer, spelling: &mut Spelling) -> Self {
        let mut cut = Self::default();
        let mut units = Units::default();
        for id in 0..n_words {
            units.clear();
            let word = &spelling.symbols[id as usize];
            tokenizer.push(&mut units, word);
            match units.units() {
                [unit] if units.text_of(*unit) == word => cut.single.push(id),
                _ => cut.push(id, &units, spelling),
            }
        }
        cut
    }

    fn of_characters(words: &[String], tokenizer: &Tokenizer, spelling: &mut Spelling) -> Self {
        let mut cut = Self::default();
        let mut units = Units::default();
        for (id, word) in (0..).zip(words) {
            units.clear();
            tokenizer.push(&mut units, word);
            cut.push(id, &units, spelling);
        }
        cut
    }

    fn push(&mut self, id: u32, units: &Units, spelling: &mut Spelling) {
        let mut symbol_of = |unit| match units.text_of(unit) {
            "" => NONE,
            text => spelling.id_of(text),
        };
        let symbol = match units.units() {
            [] => NONE,
            [unit] => symbol_of(*unit),
            all => {
                self.several.insert(id, all.iter().map(|&unit| symbol_of(unit)).collect());
                NONE
            }
        };
        self.single.push(symbol);
    }
}

impl Spelling {
    /// The number of a symbol, which may be new.
    fn id_of(&mut self, symbol: &str) -> u32 {
        if self.ids.is_empty() {
            self.ids = (0..).zip(&self.symbols).map(|(id, known)| (known.as_str().into(), id)).collect();
        }
        if let Some(&known) = self.ids.get(symbol) {
            return known;
        }
        let id = self.symbols.len() as u32;
        self.symbols.push(symbol.to_owned());
        self.ids.insert(symbol.into(), id);
        id
    }
}
