//! What the two passes of Newton's method do with a row: curvature along a direction, and derivatives.

use std::marker::PhantomData;

use crate::lanes::{F32s, F64s};
use crate::loss::Loss;
use crate::machine::{Doubles, ExpFactors, Lanes, Singles};
use crate::matrix::Sides;
use crate::rows::RowTask;

/// The loss's curvature along a direction.
pub(crate) struct Curve<'a, V> {
    /// Of each row, times its norm squared, and times its norm.
    pub curvature: &'a [[F32s; 2]],
    /// The direction's intercept.
    pub intercept: V,
    /// Curvature of the intercept, but for its part along itself.
    pub of_intercept: V,
    /// Sum of input times output.
    pub bend: V,
}

impl<V: Singles> RowTask<V> for Curve<'_, V> {
    #[inline(always)]
    fn n_rows(&self) -> usize {
        self.curvature.len()
    }

    #[inline(always)]
    unsafe fn turn(&mut self, row: usize, sum: V) -> V {
        // SAFETY: the caller says that there is such a row.
        let [by_square, by_norm] = unsafe { self.curvature.get_unchecked(row) };
        let by_norm = V::load(by_norm);
        self.of_intercept += sum * by_norm;
        let slope = sum * V::load(by_square) + self.intercept * by_norm;
        self.bend += sum * slope;
        slope
    }
}

/// A row's score, and value, slope and curvature of its loss.
pub(crate) struct Differentiate<'a, V, L> {
    pub norm: &'a [F64s],
    /// Weights of a row's documents of the class, and of its others.
    pub weights: &'a Sides,
    pub scores: &'a mut [F64s],
    /// Times C, the norm squared, and times C and the norm.
    pub curvatures: &'a mut [[F32s; 2]],
    pub c: f64,
    pub intercept: V,
    /// Sums over the rows, without C.
    pub loss: V,
    pub slope: V,
    pub curvature: V,
    pub exp: &'static ExpFactors,
    pub marker: PhantomData<L>,
}

impl<V: Doubles, L: Loss> RowTask<V> for Differentiate<'_, V, L> {
    #[inline(always)]
    fn n_rows(&self) -> usize {
        let given = self.norm.len().min(self.weights.pair_of.len());
        given.min(self.scores.len()).min(self.curvatures.len())
    }

    #[inline(always)]
    unsafe fn turn(&mut self, row: usize, sum: V) -> V {
        // SAFETY: the caller says that there is such a row.
        let (norm, pair, score, [of_square, of_norm]) = unsafe {
            (
                V::load(self.norm.get_unchecked(row)),
                *self.weights.pair_of.get_unchecked(row),
                self.scores.get_unchecked_mut(row),
                self.curvatures.get_unchecked_mut(row),
            )
        };
        let [positive, negative] = &self.weights.pairs[pair as usize];
        let (positive, negative) = (V::load(positive), V::load(negative));
        let z = sum * norm + self.intercept;
        z.store(score);
        let [value, slope, curvature] = L::at(self.exp, z, positive, negative);
        self.loss += value;
        self.slope += slope;
        self.curvature += curvature;
        let norm32 = norm.narrow();
        let by_norm = curvature.narrow().times(self.c) * norm32;
        (by_norm * norm32).store(of_square);
        by_norm.store(of_norm);
        slope * norm
    }
}
