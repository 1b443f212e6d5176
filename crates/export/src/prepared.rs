//! A text in, its units with a delimiter between two of them out: what `ReviewText.prepare` of `review_text.py` gives
//! ONNX, by the engine's own cleaning and cutting.

use engine::features::{Analyzer, TermFinder};
use engine::pipeline::FittedPipeline;
use engine::text::Cleaner;

/// Prepares texts.
pub(crate) struct Prepared {
    cleaner: Cleaner,
    finder: TermFinder,
    delimiter: &'static str,
    n_terms: usize,
}

impl Prepared {
    /// By the model's cleaning.
    pub(crate) fn new(pipeline: &FittedPipeline) -> Result<Self, String> {
        let features = &pipeline.features;
        Ok(Self {
            cleaner: Cleaner::new(&pipeline.cleaning).map_err(|error| error.to_string())?,
            finder: features.finder().map_err(|error| error.to_string())?,
            delimiter: if features.spec.tokens.analyzer == Analyzer::Word { " " } else { "\n" },
            n_terms: features.terms.len(),
        })
    }

    /// Terms that are counted.
    pub(crate) fn n_terms(&self) -> usize {
        self.n_terms
    }

    /// The units of a text.
    pub(crate) fn prepare(&mut self, text: &str) -> String {
        let mut cleaned = String::new();
        self.cleaner.clean_to(text, &mut cleaned);
        let Self { cleaner, finder, .. } = self;
        finder.cut_with(|take| cleaner.clean(text, take));
        // A space around a word that the analyzer adds stands nowhere in the text.
        let unit = |(from, to): (u32, u32)| cleaned.get(from as usize..to as usize).unwrap_or_default();
        let units: Vec<&str> = self
            .finder
            .unit_places()
            .map(unit)
            .map(|unit| if unit.is_empty() { " " } else { unit })
            .collect();
        units.join(self.delimiter)
    }
}
