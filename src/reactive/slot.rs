//! Where values lie, whatever their type, and the one graph that knows when they change.

use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

use leptos::prelude::{ArcMemo, LocalStorage, Notify as _, Track as _, With as _, WithUntracked as _};
use leptos::reactive::owner::ArenaItem;
use leptos::reactive::signal::ArcTrigger;
use send_wrapper::SendWrapper;

/// A value in its slot; none before it is computed first.
pub(super) type Value<T> = RefCell<Option<T>>;

/// Names a slot until its owner is gone.
#[derive(Clone, Copy)]
pub(super) struct Name(ArenaItem<Rc<Slot>, LocalStorage>);

/// A value, and what the graph knows of it.
pub(super) struct Slot {
    source: Source,
    /// A `Value<T>`.
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

struct Computation<T, F>(F, std::marker::PhantomData<fn() -> T>);

impl<T: 'static, F: Fn(&Value<T>) -> bool> Compute for Computation<T, F> {
    fn compute(&self, slot: &Slot) -> bool {
        (self.0)(slot.value())
    }
}

/// Reads the value of the slot.
pub(super) fn read<T: 'static, R>(name: Name, track: Track, look: impl FnOnce(&T) -> R) -> R {
    let slot = name.slot().expect("what is read lives as long as those who read it");
    slot.track(track);
    look(slot.value().borrow().as_ref().expect("tracking computes what is not there yet"))
}

/// Changes the value of the slot, and wakes nobody yet.
pub(super) fn write<T: 'static, R>(name: Name, change: impl FnOnce(&mut T) -> R) -> Option<R> {
    let slot = name.slot()?;
    slot.value().borrow_mut().as_mut().map(change)
}

/// Keeps `new` where it differs; whether it did.
pub(super) fn keep<T: PartialEq>(value: &Value<T>, new: T) -> bool {
    let is_new = value.borrow().as_ref() != Some(&new);
    if is_new {
        value.replace(Some(new));
    }
    is_new
}

impl Name {
    /// The slot; none where its owner is gone.
    pub(super) fn slot(self) -> Option<Rc<Slot>> {
        self.0.try_get_value()
    }

    /// Follows the slot without reading it.
    pub(super) fn follow(self) {
        if let Some(slot) = self.slot() {
            slot.track(Track::Followed);
        }
    }

    /// Wakes those who follow the slot, where it is still there.
    pub(super) fn wake(self) {
        if let Some(slot) = self.slot()
            && let Source::Written(trigger) = &slot.source
        {
            trigger.notify();
        }
    }
}

impl Slot {
    pub(super) fn fixed<T: 'static>(value: T) -> Name {
        Self::named(Source::Fixed, Box::new(Value::new(Some(value))))
    }

    pub(super) fn written<T: 'static>(value: T) -> Name {
        Self::named(Source::Written(ArcTrigger::new()), Box::new(Value::new(Some(value))))
    }

    pub(super) fn computed<T: 'static>(compute: impl Fn(&Value<T>) -> bool + 'static) -> Name {
        let compute = Computation(compute, std::marker::PhantomData);
        Self::of_computation(Box::new(compute), Box::new(Value::<T>::new(None)))
    }

    fn of_computation(compute: Box<dyn Compute>, value: Box<dyn Any>) -> Name {
        let slot = Rc::new_cyclic(|slot: &Weak<Self>| {
            let computation = SendWrapper::new((slot.clone(), compute));
            let memo = ArcMemo::new_owning(move |_| {
                let (slot, compute) = &*computation;
                // A slot that is gone has nobody who follows it.
                let is_new = slot.upgrade().is_some_and(|slot| compute.compute(&slot));
                ((), is_new)
            });
            Self { source: Source::Computed(memo), value }
        });
        Name(ArenaItem::new_with_storage(slot))
    }

    fn named(source: Source, value: Box<dyn Any>) -> Name {
        Name(ArenaItem::new_with_storage(Rc::new(Self { source, value })))
    }

    /// Follows the slot where that is wanted, and brings its value up to date.
    pub(super) fn track(&self, track: Track) {
        match (&self.source, track) {
            (Source::Written(trigger), Track::Followed) => trigger.track(),
            (Source::Computed(memo), Track::Followed) => memo.with(|()| ()),
            (Source::Computed(memo), Track::Unfollowed) => memo.with_untracked(|()| ()),
            (Source::Fixed, _) | (Source::Written(_), Track::Unfollowed) => {}
        }
    }

    fn value<T: 'static>(&self) -> &Value<T> {
        self.value.downcast_ref().expect("a name knows the type of its slot's value")
    }
}
