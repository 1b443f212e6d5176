//! The four states of anything that has to be fetched.
//!
//! In: what a load said. Out: what a view shows. Never: a default value in place of a failed load.

use crate::reactive::State;

/// Nothing yet, on its way, failed with one sentence, or here.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loadable<T> {
    /// There is nothing yet; the view says what to do next.
    #[default]
    Nothing,
    /// It is being fetched.
    Loading,
    /// It could not be fetched; one sentence for the person. The view offers to try again.
    Failed(String),
    /// Here it is.
    Loaded(T),
}

impl<T> Loadable<T> {
    /// The value, where it is here.
    pub fn loaded(&self) -> Option<&T> {
        match self {
            Self::Loaded(value) => Some(value),
            Self::Nothing | Self::Loading | Self::Failed(_) => None,
        }
    }

    /// Whether a fetch that begins changes what is shown: nothing does that is here already.
    pub fn is_loaded(&self) -> bool {
        matches!(self, Self::Loaded(_))
    }

    /// How it stands, without the value.
    pub fn without_value(&self) -> Loadable<()> {
        match self {
            Self::Nothing => Loadable::Nothing,
            Self::Loading => Loadable::Loading,
            Self::Failed(sentence) => Loadable::Failed(sentence.clone()),
            Self::Loaded(_) => Loadable::Loaded(()),
        }
    }

    /// A fetch's result: an empty one is `Nothing`.
    pub fn from_result<E: std::fmt::Display>(result: Result<Option<T>, E>) -> Self {
        match result {
            Ok(Some(value)) => Self::Loaded(value),
            Ok(None) => Self::Nothing,
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

/// A fetch begins: what is here stays, without a word to those who watch; anything else is `Loading`.
pub(super) fn begin<T: 'static>(shown: State<Loadable<T>>) {
    if !shown.with_untracked(Loadable::is_loaded) {
        shown.set(Loadable::Loading);
    }
}

/// A fetch ended: those who watch hear of it only if something changed. What shows it may be gone by now.
pub(super) fn show<T: PartialEq + 'static>(shown: State<Loadable<T>>, now: Loadable<T>) {
    shown.set_if_new(now);
}

#[cfg(test)]
mod tests {
    use leptos::prelude::Owner;

    use super::*;

    #[test]
    fn a_refresh_keeps_what_is_shown() {
        let after = |shown| {
            let signal = State::new(shown);
            begin(signal);
            signal.get_untracked()
        };
        Owner::new().with(|| {
            assert_eq!(after(Loadable::Loaded(1)), Loadable::Loaded(1));
            assert_eq!(after(Loadable::Failed("no".into())), Loadable::Loading);
        });
    }

    #[test]
    fn a_failed_load_is_never_an_empty_one() {
        assert_eq!(Loadable::<i32>::from_result(Err("no room")), Loadable::Failed("no room".into()));
        assert_eq!(Loadable::<i32>::from_result(Ok::<_, String>(None)), Loadable::Nothing);
    }
}
