//! What `view!` makes: a view as plain data, drawn by one piece of code for all of them.
//!
//! `crates/markup` turns each element of a view into the HTML of what is fixed in it and a list of `Hole`s for the
//! rest. Closures in a view are read in effects of Leptos' reactive graph, so that what they read is followed; an
//! element that stays keeps its node. A fixed part costs its HTML, a hole a few bytes of code.

mod draw;
mod listen;
mod convert;
mod control;

use std::borrow::Cow;

pub use self::control::{For, Show};
pub use self::convert::{IntoPart, IntoValue, part, value};
pub use self::draw::{Mounted, mount};
use self::listen::Handler;
pub use self::listen::{ElementRef, Targeted, listener, targeted};
use leptos::prelude::Owner;

/// A closure, for objects: those of `FnMut` bring along a function that ends the closure after a call, which nobody
/// calls here.
pub trait Act<In, Out> {
    /// Calls it.
    fn act(&mut self, given: In) -> Out;
}

impl<In, Out, F: FnMut(In) -> Out> Act<In, Out> for F {
    fn act(&mut self, given: In) -> Out {
        self(given)
    }
}

/// What a component draws.
pub struct View(Part);

/// Views given to a component, drawn once.
pub type Children = Box<dyn FnOnce() -> View>;

/// Views given to a component, drawn as often as it likes.
pub type ChildrenFn = Box<dyn Act<(), View>>;

/// A piece of a view.
pub enum Part {
    /// Nothing, which keeps its place.
    Nothing,
    /// A text.
    Text(Cow<'static, str>),
    /// One after the other.
    List(Vec<Part>),
    /// Read anew whenever what it reads changes.
    Live(Box<dyn Act<(), Part>>),
    /// An element.
    Element(Template),
    /// Rows that keep their nodes as long as their keys are there.
    Rows(Vec<Row>),
}

/// A row of `Part::Rows`: its key, and its view, drawn once, with the owner of what it makes.
pub struct Row {
    key: String,
    draw: Box<dyn FnOnce() -> (Owner, View)>,
}

/// An element with all below it.
pub struct Template {
    source: &'static Source,
    holes: Box<[Hole]>,
}

/// What is fixed in an element, as `view!` wrote it.
pub struct Source {
    /// Its HTML, with `<!>` where a part goes.
    pub html: &'static str,
    /// The HTML is a part of SVG in an `<svg>` of its own.
    pub is_svg_part: bool,
    /// For each hole the numbers of the children that lead to its node, then 255.
    pub places: &'static [u8],
}

/// What is not fixed in an element.
pub enum Hole {
    /// A part among its children.
    Child(Part),
    /// An attribute; an absent value leaves it out.
    Attribute(&'static str, Value),
    /// A class, there or not.
    Class(&'static str, Value),
    /// A style, set where the page's policy allows it.
    Style(&'static str, Value),
    /// A property of the element's object.
    Property(&'static str, Value),
    /// Called at an event.
    Listener(&'static str, Handler),
    /// Given the element once it is there.
    Reference(ElementRef),
}

/// The value of an attribute, class, style or property.
pub enum Value {
    /// It is not there.
    Absent,
    /// It is there, or not.
    Flag(bool),
    /// A text.
    Text(Cow<'static, str>),
    /// Read anew whenever what it reads changes.
    Live(Box<dyn Act<(), Value>>),
}

/// An element from `view!`.
pub fn template(source: &'static Source, holes: Box<[Hole]>) -> Part {
    Part::Element(Template { source, holes })
}

impl View {
    /// Nothing at all.
    pub fn nothing() -> Self {
        Self(Part::Nothing)
    }

    /// Drawn anew whenever what `draw` reads changes.
    pub fn live<T: IntoPart>(mut draw: impl FnMut() -> T + 'static) -> Self {
        Self(Part::Live(Box::new(move |()| draw().into_part())))
    }
}

impl From<String> for View {
    fn from(text: String) -> Self {
        Self(Part::Text(Cow::Owned(text)))
    }
}

impl From<Option<View>> for View {
    fn from(view: Option<View>) -> Self {
        view.unwrap_or_else(View::nothing)
    }
}

impl<T: IntoPart> FromIterator<T> for View {
    fn from_iter<I: IntoIterator<Item = T>>(views: I) -> Self {
        Self(Part::List(views.into_iter().map(IntoPart::into_part).collect()))
    }
}

impl From<Part> for View {
    fn from(part: Part) -> Self {
        Self(part)
    }
}

/// What a component takes as its children.
pub trait ToChildren<F> {
    /// The closure that draws them.
    fn to_children(draw: F) -> Self;
}

impl<F: FnOnce() -> View + 'static> ToChildren<F> for Children {
    fn to_children(draw: F) -> Self {
        Box::new(draw)
    }
}

impl<F: Fn() -> View + 'static> ToChildren<F> for ChildrenFn {
    fn to_children(draw: F) -> Self {
        Box::new(move |()| draw())
    }
}
