//! What a model learned, in a few words: the terms that speak most for each class, and how many reviews have
//! them.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::FittedPipeline;
use crate::dataset::LabelId;
use crate::features::{Counts, Selection};
use crate::models::Scorer;

/// A term that speaks for a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TopTerm {
    /// The term.
    pub term: String,
    /// What one unit of it adds to the class's score (a linear model's coefficient); for a forest what it added
    /// on average to the score of the reviews that have it.
    pub weight: f64,
    /// Reviews that have it.
    pub n_docs: u64,
    /// Those of the class among them.
    pub n_docs_of_class: u64,
}

/// The terms that speak most for a class, the strongest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ClassTerms {
    /// The class.
    pub class: LabelId,
    /// Its terms, all of a weight above 0.
    pub terms: Vec<TopTerm>,
}

/// A term, and what one unit of it adds to a class's score.
pub type WeighedTerm = (String, f64);

/// For each class, in label order, at most `n_most` terms of the greatest weights above 0, by the model alone; none
/// of a model without weights, as a forest.
pub fn strongest_terms(pipeline: &FittedPipeline, n_most: usize) -> Option<Vec<Vec<WeighedTerm>>> {
    let Scorer::Linear(linear) = Scorer::new(&pipeline.model) else { return None };
    let terms = &pipeline.features.terms;
    let of_class = |class: usize| {
        // For two classes there is one score, for the second.
        let (score, sign) = match (linear.n_scores(), class) {
            (1, 0) => (0, -1.0),
            (1, _) => (0, 1.0),
            _ => (class, 1.0),
        };
        let weight = |term: usize| sign * linear.coef(score, term as u32);
        let mut places: Vec<usize> = (0..terms.len()).filter(|&term| weight(term) > 0.0).collect();
        places.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)));
        places.into_iter().take(n_most).map(|term| (terms[term].clone(), weight(term))).collect()
    };
    Some((0..pipeline.labels.len()).map(of_class).collect())
}

/// For each class at most `n_most` terms. `counts` and `terms` are the counted reviews that the pipeline was
/// fitted on, `rows` those that support is counted among: its training part. A term that was not counted has no
/// support and is left out.
pub fn top_terms(
    pipeline: &FittedPipeline,
    (counts, terms): (&Counts, &[String]),
    rows: &[u32],
    n_most: usize,
) -> Vec<ClassTerms> {
    let n_classes = pipeline.labels.len();
    let vocabulary = Vocabulary::new(pipeline, counts, terms);
    let support = vocabulary.support(counts, rows, n_classes);
    let scorer = Scorer::new(&pipeline.model);
    let weights = vocabulary.weights(&scorer, counts, rows);
    let n_terms = vocabulary.columns.len();
    let of_class = |class: usize| {
        // For two classes there is one score, for the second.
        let (score, sign) = match (scorer.n_scores(), class) {
            (1, 0) => (0, -1.0),
            (1, _) => (0, 1.0),
            _ => (class, 1.0),
        };
        let weight = |place: usize| sign * weights[score * n_terms + place];
        let mut places: Vec<usize> = (0..n_terms).filter(|&place| weight(place) > 0.0).collect();
        places.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)));
        let term = |&place: &usize| {
            let of_classes = &support[place * n_classes..(place + 1) * n_classes];
            TopTerm {
                term: pipeline.features.terms[vocabulary.columns[place]].clone(),
                weight: weight(place),
                n_docs: of_classes.iter().sum(),
                n_docs_of_class: of_classes[class],
            }
        };
        ClassTerms { class: LabelId(class as u8), terms: places.iter().take(n_most).map(term).collect() }
    };
    (0..n_classes).map(of_class).collect()
}

/// The pipeline's terms that were counted. Shapes: `columns` (in the pipeline), `selection`: n_terms.
struct Vocabulary {
    columns: Vec<usize>,
    selection: Selection,
}

impl Vocabulary {
    fn new(pipeline: &FittedPipeline, counts: &Counts, terms: &[String]) -> Self {
        let features = &pipeline.features;
        let counted = features.terms.iter().enumerate().filter_map(|(column, term)| {
            let id = terms.binary_search(term).ok().filter(|&id| id < counts.n_terms as usize)?;
            Some((column, id as u32))
        });
        let (columns, ids): (Vec<usize>, Vec<u32>) = counted.unzip();
        let idf = columns.iter().map(|&column| features.idf[column]).collect();
        Self { columns, selection: Selection::of_terms(counts, ids, idf, &features.spec) }
    }

    /// Documents of each class that have each term: n_terms x n_classes row-major.
    fn support(&self, counts: &Counts, rows: &[u32], n_classes: usize) -> Vec<u64> {
        let mut place_of = vec![None; counts.n_terms as usize];
        let ids = self.selection.term_ids();
        ids.iter().enumerate().for_each(|(place, &id)| place_of[id as usize] = Some(place));
        let mut support = vec![0; ids.len() * n_classes];
        for &row in rows {
            let class = usize::from(counts.labels[row as usize].0);
            let places = counts.row(row).0.iter().filter_map(|&id| place_of[id as usize]);
            places.for_each(|place| support[place * n_classes + class] += 1);
        }
        support
    }

    /// Weight of each term for each score: n_scores x n_terms row-major.
    fn weights(&self, scorer: &Scorer, counts: &Counts, rows: &[u32]) -> Vec<f64> {
        let n_terms = self.columns.len();
        let mut weights = vec![0.0; scorer.n_scores() * n_terms];
        match scorer {
            Scorer::Constant(_) => {}
            Scorer::Linear(linear) => {
                for (place, weight) in weights.iter_mut().enumerate() {
                    *weight = linear.coef(place / n_terms, self.columns[place % n_terms] as u32);
                }
            }
            Scorer::Forest(_) => self.mean_contributions(scorer, counts, rows, &mut weights),
        }
        weights
    }

    fn mean_contributions(&self, scorer: &Scorer, counts: &Counts, rows: &[u32], weights: &mut [f64]) {
        let n_terms = self.columns.len();
        let mut n_docs = vec![0_u64; n_terms];
        for &row in rows {
            let mut row = self.selection.row(counts, row);
            let places = row.term_ids.clone();
            row.term_ids.iter_mut().for_each(|id| *id = self.columns[*id as usize] as u32);
            places.iter().for_each(|&place| n_docs[place as usize] += 1);
            for score in 0..scorer.n_scores() {
                let (_, values) = scorer.contributions(&row, score);
                for (&place, value) in places.iter().zip(values) {
                    weights[score * n_terms + place as usize] += value;
                }
            }
        }
        for (place, weight) in weights.iter_mut().enumerate() {
            *weight /= n_docs[place % n_terms].max(1) as f64;
        }
    }
}
