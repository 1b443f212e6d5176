//! What pages follow: `State` is written, `Derived` is computed from what it reads, `Held` is followed by nobody;
//! `follow` acts on changes, `Callback` is called.
//!
//! All are `Copy` names of a slot that ends with the owner it was made in. Beneath is Leptos' reactive graph, which
//! knows slots and no types: a written slot is an `ArcTrigger`, a computed one an `ArcMemo` of nothing that says
//! whether the value changed. So a type of values costs its copies and comparisons, not a graph of its own.
//! Never: two threads; a write of what is being read (`with`), which is a fault.

mod callback;
mod slot;

use leptos::prelude::{Effect, RenderEffect};

pub use self::callback::Callback;
use self::slot::{Name, Track, keep};

/// What is written and followed.
pub struct State<T>(Name<T>);

/// What is computed from what it reads: when it is read, and once per change. Where its value is equal to the last
/// one, those who follow it are not woken. Also what a `State` or a fixed value becomes for those who only read.
pub struct Derived<T>(Name<T>);

/// What is kept for as long as the owner lives, and followed by nobody.
pub struct Held<T>(Name<T>);

/// Runs `run` once what is being drawn stands, and again after each change of what it read, until the owner is gone.
pub fn follow(run: impl FnMut() + 'static) {
    fn begin(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    begin(Box::new(run));
}

/// What is followed until this is dropped.
pub type Following = RenderEffect<()>;

/// Runs `run` at once, and again after each change of what it read, until what is given back is dropped.
pub fn follow_at_once(mut run: Box<dyn FnMut()>) -> Following {
    RenderEffect::new(move |_| run())
}

impl<T: 'static> State<T> {
    /// At first `value`.
    pub fn new(value: T) -> Self {
        Self(Name::written(value))
    }

    /// Reads the value, followed.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.read(Track::Followed, look)
    }

    /// The same, not followed.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.read(Track::Unfollowed, look)
    }

    /// Follows the value without reading it.
    pub fn track(self) {
        self.0.follow();
    }

    /// Changes the value, and wakes those who follow it once it is changed. None where its owner is gone, which only
    /// code that waited can meet.
    pub fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let result = self.0.write(change);
        self.0.wake();
        result
    }

    /// The same, for its change alone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// Becomes `value`.
    pub fn set(self, value: T) {
        // The old value ends when it is borrowed no more.
        self.try_update(|old| std::mem::replace(old, value));
    }
}

impl<T: PartialEq + 'static> State<T> {
    /// Becomes `value`; where that is what it is, nobody is woken.
    pub fn set_if_new(self, value: T) {
        if self.0.keep(value) {
            self.0.wake();
        }
    }
}

impl<T: Clone + 'static> State<T> {
    /// A copy of the value, followed.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The same, not followed.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: PartialEq + 'static> Derived<T> {
    /// What `compute` gives.
    pub fn new(compute: impl Fn() -> T + 'static) -> Self {
        Self(Name::computed(move |value| keep(value, compute())))
    }

    /// What `compute` makes of the value before, which there is none of at first.
    pub fn after(compute: impl Fn(Option<&T>) -> T + 'static) -> Self {
        let compute = move |value: &slot::Value<T>| {
            let new = compute(value.borrow().as_ref());
            keep(value, new)
        };
        Self(Name::computed(compute))
    }
}

impl<T: 'static> Derived<T> {
    /// Reads the value, followed.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.read(Track::Followed, look)
    }

    /// The same, not followed.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.read(Track::Unfollowed, look)
    }

    /// Follows the value without reading it.
    pub fn track(self) {
        self.0.follow();
    }
}

impl<T: Clone + 'static> Derived<T> {
    /// A copy of the value, followed.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The same, not followed.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: 'static> Held<T> {
    /// At first `value`.
    pub fn new(value: T) -> Self {
        Self(Name::fixed(value))
    }

    /// Reads the value.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.read(Track::Unfollowed, look)
    }

    /// Changes the value. None where its owner is gone, which only code that waited can meet.
    pub fn update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.0.write(change)
    }

    /// Becomes `value`.
    pub fn set(self, value: T) {
        self.update(|old| std::mem::replace(old, value));
    }

    /// A copy of the value; none where its owner is gone.
    pub fn try_get(self) -> Option<T>
    where
        T: Clone,
    {
        self.0.is_there().then(|| self.get())
    }

    /// A copy of the value.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }
}

impl<T: 'static> From<State<T>> for Derived<T> {
    fn from(state: State<T>) -> Self {
        Self(state.0)
    }
}

impl<T: 'static> From<T> for Derived<T> {
    fn from(value: T) -> Self {
        Self(Name::fixed(value))
    }
}

impl From<&str> for Derived<String> {
    fn from(value: &str) -> Self {
        Self::from(value.to_owned())
    }
}

impl<T: Default + 'static> Default for Derived<T> {
    fn default() -> Self {
        Self::from(T::default())
    }
}

/// Names are copied whatever they name.
macro_rules! copied {
    ($($name:ident),*) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}
    )*};
}

copied!(State, Derived, Held);

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use leptos::prelude::{Owner, provide_context, untrack, use_context};

    use super::*;

    /// Counts, by clones.
    #[derive(Clone, Default)]
    struct Times(Rc<Cell<u32>>);

    impl Times {
        fn add(&self) {
            self.0.set(self.0.get() + 1);
        }

        #[track_caller]
        fn check(&self, expected: u32) {
            assert_eq!(self.0.get(), expected, "times");
        }
    }

    fn in_owner(test: impl FnOnce()) {
        let owner = Owner::new();
        owner.with(test);
        owner.cleanup();
    }

    /// The half of `number`, and how often it was computed.
    fn half_of(number: State<i32>) -> (Derived<i32>, Times) {
        let times = Times::default();
        let counted = times.clone();
        let half = Derived::new(move || {
            counted.add();
            number.get() / 2
        });
        (half, times)
    }

    #[test]
    fn what_is_computed_is_computed_when_read_and_once_per_change() {
        in_owner(|| {
            let number = State::new(8);
            let (half, times) = half_of(number);
            times.check(0);
            assert_eq!((half.get(), half.get_untracked(), half.with(|half| *half)), (4, 4, 4));
            times.check(1);
            number.set(20);
            number.set(30);
            times.check(1);
            assert_eq!(half.get(), 15);
            times.check(2);
        });
    }

    #[test]
    fn an_equal_value_wakes_nobody() {
        in_owner(|| {
            let number = State::new(8);
            let (half, of_half) = half_of(number);
            let times = Times::default();
            let counted = times.clone();
            let sign = Derived::new(move || {
                counted.add();
                half.get().signum()
            });
            assert_eq!(sign.get(), 1);
            number.set(9);
            assert_eq!(sign.get(), 1);
            of_half.check(2);
            times.check(1);
            number.update(|number| *number = -9);
            assert_eq!(sign.get(), -1);
            times.check(2);
        });
    }

    #[test]
    fn what_is_set_if_new_wakes_for_news_alone() {
        in_owner(|| {
            let number = State::new(8);
            let (half, times) = half_of(number);
            for (set, expected, n_computed) in [(8, 4, 1), (8, 4, 1), (6, 3, 2)] {
                number.set_if_new(set);
                assert_eq!(half.get(), expected);
                times.check(n_computed);
            }
        });
    }

    #[test]
    fn what_comes_together_again_is_never_seen_half_changed() {
        in_owner(|| {
            let number = State::new(1);
            let seen = Rc::new(RefCell::new(Vec::new()));
            let twice = Derived::new(move || number.get() * 2);
            let thrice = Derived::new(move || number.get() * 3);
            let noted = seen.clone();
            let both = Derived::new(move || {
                noted.borrow_mut().push((twice.get(), thrice.get()));
                twice.get() + thrice.get()
            });
            assert_eq!(both.get(), 5);
            number.set(2);
            assert_eq!(both.get(), 10);
            assert_eq!(*seen.borrow(), [(2, 3), (4, 6)]);
        });
    }

    #[test]
    fn what_is_read_untracked_is_not_followed() {
        in_owner(|| {
            let number = State::new(1);
            let (half, _) = half_of(number);
            let untracked = Derived::new(move || number.get_untracked() + half.get_untracked());
            let inside = Derived::new(move || untrack(|| number.get()));
            assert_eq!((untracked.get(), inside.get()), (1, 1));
            number.set(10);
            assert_eq!((untracked.get(), inside.get()), (1, 1));
        });
    }

    #[test]
    fn what_is_followed_is_what_was_read_last() {
        in_owner(|| {
            let (is_first, first, second) = (State::new(true), State::new(1), State::new(2));
            let times = Times::default();
            let counted = times.clone();
            let chosen = Derived::new(move || {
                counted.add();
                if is_first.get() { first.get() } else { second.get() }
            });
            assert_eq!(chosen.get(), 1);
            second.set(20);
            assert_eq!(chosen.get(), 1);
            times.check(1);
            is_first.set(false);
            assert_eq!(chosen.get(), 20);
            first.set(10);
            assert_eq!(chosen.get(), 20);
            times.check(2);
        });
    }

    #[test]
    fn a_value_can_be_made_of_the_one_before() {
        in_owner(|| {
            let number = State::new(3);
            let largest = Derived::after(move |before: Option<&i32>| {
                number.get().max(before.copied().unwrap_or_default())
            });
            assert_eq!(largest.get(), 3);
            number.set(7);
            assert_eq!(largest.get(), 7);
            number.set(5);
            assert_eq!(largest.get(), 7);
        });
    }

    #[test]
    fn reading_goes_on_while_others_are_read_and_computed() {
        in_owner(|| {
            let number = State::new(8);
            let (half, _) = half_of(number);
            let sum = number.with(|number| half.with(|half| number + half));
            assert_eq!(sum, 12);
            let other = State::new(0);
            number.with(|number| other.set(*number));
            number.update(|number| *number = other.get() + half.get());
            assert_eq!(number.get(), 12);
        });
    }

    #[test]
    fn slots_end_with_their_owner() {
        let owner = Owner::new();
        let held = Rc::new(());
        let (state, kept, derived) = owner.with(|| {
            let (written, computed, called) = (held.clone(), held.clone(), held.clone());
            let state = State::new(written);
            let derived = Derived::new(move || Rc::strong_count(&computed) + Rc::strong_count(&state.get()));
            Callback::new(move |()| drop(called.clone())).run(());
            (state, Held::new(held.clone()), derived)
        });
        assert!(derived.get() > 0);
        assert_eq!(Rc::strong_count(&held), 5);
        owner.cleanup();
        assert_eq!(Rc::strong_count(&held), 1, "nothing is left");
        assert_eq!(kept.try_get(), None);
        assert_eq!(state.try_update(|_| ()), None);
        state.set(held.clone());
        state.set_if_new(held.clone());
        assert_eq!(Rc::strong_count(&held), 1, "what is gone takes no value");
    }

    #[test]
    fn a_computation_owns_what_it_makes_until_the_next() {
        in_owner(|| {
            provide_context(7_u8);
            let number = State::new(1);
            let made = Rc::new(());
            let (owned, held) = (made.clone(), Derived::new(move || number.get() + 1));
            let made_each_time = Derived::new(move || {
                Held::new(owned.clone());
                held.get() + i32::from(use_context::<u8>().expect("of the owner above"))
            });
            for (n_changes, expected) in [(0, 9), (1, 10), (2, 11)] {
                number.set(n_changes + 1);
                assert_eq!(made_each_time.get(), expected);
                assert_eq!(Rc::strong_count(&made), 3, "the test's, the computation's, the last one made");
            }
        });
    }

    #[test]
    fn what_is_fixed_or_written_can_be_given_as_derived() {
        in_owner(|| {
            let check = |derived: Derived<String>, expected: &str| assert_eq!(derived.get(), expected);
            let state = State::new("a".to_owned());
            let derived = Derived::from(state);
            check(derived, "a");
            state.set("b".to_owned());
            check(derived, "b");
            check("c".into(), "c");
            check("d".to_owned().into(), "d");
            check(Derived::default(), "");
        });
    }

    #[test]
    fn a_callback_takes_and_gives() {
        in_owner(|| {
            let last = Held::new(0);
            let call: Callback<i32, String> = (move |number| {
                last.set(number);
                number.to_string()
            })
            .into();
            assert_eq!(call.run(5), "5");
            assert_eq!(last.get(), 5);
        });
    }
}
