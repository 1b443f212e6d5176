//! How far the import of a file is, and what training gets of it.

use engine::dataset::{DatasetRecipe, RatingCount};
use engine::num::ContentHash;
use engine::tune::CorpusSpec;
use jobs::BlobRef;
use track::dataset::DatasetRef;
use track::id::ExperimentId;

use super::views::ScannedFile;

/// How far the import of a file is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Import {
    /// No file was given since the page was opened.
    #[default]
    Idle,
    /// The file is looked through. `share` goes from 0 to 1.
    Scanning {
        /// The file's name.
        name: String,
        /// Share of the bytes.
        share: f64,
    },
    /// Columns and mapping can be chosen.
    Scanned(ScannedFile),
    /// The file is read, cleaned and counted by what was chosen.
    Reading {
        /// The file and the choices.
        file: ScannedFile,
        /// Share of the bytes, from 0 to 1.
        share: f64,
    },
    /// It is a dataset now, stored: `Lab::dataset`.
    Ready(ScannedFile),
    /// The file cannot be used; what was there before is still there.
    Failed {
        /// The file's name.
        name: String,
        /// What is wrong and what to do.
        sentence: String,
    },
}

impl Import {
    /// The file and the choices, where there are any.
    pub fn file(&self) -> Option<&ScannedFile> {
        match self {
            Self::Scanned(file) | Self::Reading { file, .. } | Self::Ready(file) => Some(file),
            Self::Idle | Self::Scanning { .. } | Self::Failed { .. } => None,
        }
    }

    /// Whether a file is being looked through or read.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Scanning { .. } | Self::Reading { .. } => true,
            Self::Scanned(file) => file.is_rescanning,
            Self::Idle | Self::Ready(_) | Self::Failed { .. } => false,
        }
    }
}

/// A file's reviews, cleaned and counted in one way, on the shelf.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadCorpus {
    /// Which way.
    pub way: CorpusSpec,
    /// The encoded counts.
    pub counts: BlobRef,
    /// The encoded terms.
    pub terms: BlobRef,
}

/// Counts on the shelf, and what they were counted from.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadyCounts {
    /// The file and the recipe.
    pub data: DatasetRef,
    /// How the file was read: a study cleans and parts as it says.
    pub recipe: DatasetRecipe,
    /// The experiment its runs belong to.
    pub experiment: ExperimentId,
    /// Class names in label order, each with its rows.
    pub classes: Vec<(String, u64)>,
    /// Reviews of each rating or label word.
    pub ratings: Vec<RatingCount>,
    /// Each way it was counted; for a study those of its corpora, in order.
    pub corpora: Vec<ReadCorpus>,
}

impl ReadyCounts {
    /// Hashes of all its blobs.
    pub fn blobs(&self) -> Vec<ContentHash> {
        self.corpora.iter().flat_map(|corpus| [corpus.counts.hash, corpus.terms.hash]).collect()
    }

    /// Bytes of all its blobs.
    pub fn n_bytes(&self) -> u64 {
        self.corpora.iter().map(|corpus| corpus.counts.n_bytes + corpus.terms.n_bytes).sum()
    }

    /// The same reviews counted in these ways only, where all are here.
    pub fn only(&self, ways: &[CorpusSpec]) -> Option<Self> {
        let found = |way: &CorpusSpec| self.corpora.iter().find(|corpus| corpus.way == *way).cloned();
        Some(Self { corpora: ways.iter().map(found).collect::<Option<_>>()?, ..self.clone() })
    }
}
