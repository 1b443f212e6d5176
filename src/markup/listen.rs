//! Listeners, and references to elements.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;

use leptos::prelude::Owner;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, HtmlElement};

use crate::reactive::State;

use super::{Act, Hole};

/// An element of a view, once it is there.
pub type ElementRef = State<Option<HtmlElement>>;

/// Called at an event.
pub type Handler = Box<dyn Act<Event, ()>>;

/// An event, and the element it is heard at.
pub struct Targeted<T> {
    event: Event,
    element: std::marker::PhantomData<T>,
}

impl<T: JsCast> Targeted<T> {
    /// The element whose listener this is.
    pub fn target(&self) -> T {
        self.event.current_target().expect("an event is heard at an element").unchecked_into()
    }
}

impl<T> Deref for Targeted<T> {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

/// Calls `handle` at events called `name`, which are of the type `E`.
pub fn listener<E: JsCast>(name: &'static str, mut handle: impl FnMut(E) + 'static) -> Hole {
    Hole::Listener(name, Box::new(move |event: Event| handle(event.unchecked_into())))
}

/// Calls `handle` at events called `name` of an element of the type `T`.
pub fn targeted<T: JsCast>(name: &'static str, mut handle: impl FnMut(Targeted<T>) + 'static) -> Hole {
    Hole::Listener(
        name,
        Box::new(move |event: Event| handle(Targeted { event, element: std::marker::PhantomData })),
    )
}

/// A listener that stands until it is dropped.
pub(super) struct Listening {
    element: Element,
    name: &'static str,
    handler: Rc<RefCell<(Owner, Handler)>>,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listening {
    /// Calls `handler`, in the scope of what is being drawn, at events called `name`.
    pub(super) fn new(element: Element, name: &'static str, handler: Handler) -> Self {
        let handler = Rc::new(RefCell::new((scope(), handler)));
        let closure = {
            let handler = handler.clone();
            Closure::<dyn FnMut(Event)>::new(move |event| {
                let (owner, handler) = &mut *handler.borrow_mut();
                owner.with(|| handler.act(event));
            })
        };
        element
            .add_event_listener_with_callback(name, closure.as_ref().unchecked_ref())
            .expect("an element takes listeners");
        Self { element, name, handler, closure }
    }

    /// Calls another from now on.
    pub(super) fn replace(&self, handler: Handler) {
        *self.handler.borrow_mut() = (scope(), handler);
    }
}

/// Whatever is being drawn now: a listener finds its contexts and belongs to it.
fn scope() -> Owner {
    Owner::current().unwrap_or_default()
}

impl Drop for Listening {
    fn drop(&mut self) {
        let closure = self.closure.as_ref().unchecked_ref();
        // Not there any more is as good.
        self.element.remove_event_listener_with_callback(self.name, closure).ok();
    }
}
