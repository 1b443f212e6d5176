//! Where values lie, whatever their type, and the one graph that knows when they change.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::{Rc, Weak};

use leptos::prelude::{ArcMemo, LocalStorage, Notify as _, Track as _, With as _, WithUntracked as _};
use leptos::reactive::owner::ArenaItem;
use leptos::reactive::signal::ArcTrigger;
use send_wrapper::SendWrapper;

/// A value in its slot; none before it is computed first.
pub(super) type Value<T> = RefCell<Option<T>>;

/// Names a slot of a `Value<T>` until its owner is gone.
pub(super) struct Name<T>(Place, PhantomData<fn() -> T>);

type Place = ArenaItem<Rc<Slot>, LocalStorage>;

/// A value, and what the graph knows of it.
struct Slot {
    source: Source,
    value: Box<dyn Any>,
}

/// Why a value changes.
enum Source {
    /// It does not, or nobody follows.
    Fixed,
    /// It is written.
    Written(ArcTrigger),
    /// It is computed; the memo keeps nothing and says whether the value changed.
    Computed(ArcMemo<()>),
}

/// Whether what reads a value now is to be woken when it changes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Track {
    Followed,
    Unfollowed,
}

/// What gives a slot its value. A trait of our own, for whose objects the compiler makes one function where it makes
/// three for those of `Fn`.
trait Compute {
    /// Puts the value into the slot; whether it changed.
    fn compute(&self, slot: &Slot) -> bool;
}

struct Computation<T, F>(F, PhantomData<fn() -> T>);

impl<T: 'static, F: Fn(&Value<T>) -> bool> Compute for Computation<T, F> {
    fn compute(&self, slot: &Slot) -> bool {
        (self.0)(slot.value())
    }
}

impl<T: 'static> Name<T> {
    /// Of a slot that keeps its value, or whose changes nobody follows.
    pub(super) fn fixed(value: T) -> Self {
        Self::of(Slot::placed(Source::Fixed, Self::boxed(Some(value))))
    }

    /// Of a slot that is written.
    pub(super) fn written(value: T) -> Self {
        Self::of(Slot::placed(Source::Written(ArcTrigger::new()), Self::boxed(Some(value))))
    }

    /// Of a slot that is computed: `compute` puts the value there and says whether it changed.
    pub(super) fn computed(compute: impl Fn(&Value<T>) -> bool + 'static) -> Self {
        let compute = Computation(compute, PhantomData);
        Self::of(Slot::computed(Box::new(compute), Self::boxed(None)))
    }

    fn boxed(value: Option<T>) -> Box<dyn Any> {
        Box::new(Value::new(value))
    }

    fn of(place: Place) -> Self {
        Self(place, PhantomData)
    }

    /// Reads the value.
    pub(super) fn read<R>(self, track: Track, look: impl FnOnce(&T) -> R) -> R {
        let slot = Slot::at(self.0).expect("what is read lives as long as those who read it");
        slot.track(track);
        look(slot.value().borrow().as_ref().expect("tracking computes what is not there yet"))
    }

    /// Changes the value, and wakes nobody yet; none where its owner is gone.
    pub(super) fn write<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let slot = Slot::at(self.0)?;
        slot.value().borrow_mut().as_mut().map(change)
    }

    /// Keeps `new` where it differs and its owner is there; whether it did.
    pub(super) fn keep(self, new: T) -> bool
    where
        T: PartialEq,
    {
        Slot::at(self.0).is_some_and(|slot| keep(slot.value(), new))
    }

    /// Wakes those who follow the value.
    pub(super) fn wake(self) {
        Slot::wake(self.0);
    }

    /// Follows the value without reading it.
    pub(super) fn follow(self) {
        Slot::follow(self.0);
    }

    /// Whether its owner is there.
    pub(super) fn is_there(self) -> bool {
        Slot::at(self.0).is_some()
    }
}

impl<T> Clone for Name<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Name<T> {}

/// Keeps `new` where it differs; whether it did.
pub(super) fn keep<T: PartialEq>(value: &Value<T>, new: T) -> bool {
    let is_new = value.borrow().as_ref() != Some(&new);
    if is_new {
        value.replace(Some(new));
    }
    is_new
}

impl Slot {
    fn placed(source: Source, value: Box<dyn Any>) -> Place {
        Place::new_with_storage(Rc::new(Self { source, value }))
    }

    fn computed(compute: Box<dyn Compute>, value: Box<dyn Any>) -> Place {
        Place::new_with_storage(Rc::new_cyclic(|slot: &Weak<Self>| {
            let computation = SendWrapper::new((slot.clone(), compute));
            let memo = ArcMemo::new_owning(move |_| {
                let (slot, compute) = &*computation;
                // A slot that is gone has nobody who follows it.
                let is_new = slot.upgrade().is_some_and(|slot| compute.compute(&slot));
                ((), is_new)
            });
            Self { source: Source::Computed(memo), value }
        }))
    }

    /// The slot; none where its owner is gone.
    fn at(place: Place) -> Option<Rc<Self>> {
        place.try_get_value()
    }

    fn wake(place: Place) {
        if let Some(slot) = Self::at(place)
            && let Source::Written(trigger) = &slot.source
        {
            trigger.notify();
        }
    }

    fn follow(place: Place) {
        if let Some(slot) = Self::at(place) {
            slot.track(Track::Followed);
        }
    }

    /// Follows the slot where that is wanted, and brings its value up to date.
    fn track(&self, track: Track) {
        match (&self.source, track) {
            (Source::Written(trigger), Track::Followed) => trigger.track(),
            (Source::Computed(memo), Track::Followed) => memo.with(|()| ()),
            (Source::Computed(memo), Track::Unfollowed) => memo.with_untracked(|()| ()),
            (Source::Fixed, _) | (Source::Written(_), Track::Unfollowed) => {}
        }
    }

    fn value<T: 'static>(&self) -> &Value<T> {
        debug_assert!(self.value.is::<Value<T>>(), "a name knows the type of its slot's value");
        // SAFETY: names are made for the type of the value that their slot is made with, and a place is never another
        // slot's.
        unsafe { &*std::ptr::from_ref(&*self.value).cast() }
    }
}
