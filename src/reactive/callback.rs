//! What components call: a press, a choice, a drawing at a width.

use super::Held;

/// Called with `In`, gives `Out`.
pub struct Callback<In, Out = ()>(Held<Box<dyn Answer<In, Out>>>);

/// What answers a call: a closure. A trait of our own, as in `slot`: objects of `Fn` have two functions more.
trait Answer<In, Out> {
    fn answer(&self, given: In) -> Out;
}

impl<In, Out, F: Fn(In) -> Out> Answer<In, Out> for F {
    fn answer(&self, given: In) -> Out {
        self(given)
    }
}

impl<In: 'static, Out: 'static> Callback<In, Out> {
    /// Calls `call`.
    pub fn new(call: impl Fn(In) -> Out + 'static) -> Self {
        Self(Held::new(Box::new(call)))
    }

    /// Calls it.
    pub fn run(self, given: In) -> Out {
        self.0.with(|call| call.answer(given))
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
