//! What components call: a press, a choice, a drawing at a width.

use super::Held;

/// Called with `In`, gives `Out`.
pub struct Callback<In, Out = ()>(Held<Box<dyn Fn(In) -> Out>>);

impl<In: 'static, Out: 'static> Callback<In, Out> {
    /// Calls `call`.
    pub fn new(call: impl Fn(In) -> Out + 'static) -> Self {
        Self(Held::new(Box::new(call)))
    }

    /// Calls it.
    pub fn run(self, given: In) -> Out {
        self.0.with(|call| call(given))
    }
}

impl<In: 'static, Out: 'static, F: Fn(In) -> Out + 'static> From<F> for Callback<In, Out> {
    fn from(call: F) -> Self {
        Self::new(call)
    }
}

impl<In, Out> Clone for Callback<In, Out> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<In, Out> Copy for Callback<In, Out> {}
