//! Elements: a copy of what is fixed, and what is not, each in its place.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, HtmlElement, HtmlTemplateElement, Node};

use super::{Drawn, build, document, take_node_out};
use crate::markup::listen::Listening;
use crate::markup::{Hole, Source, Template, Value};
use crate::reactive::{Following, follow_at_once};

/// Ends a place in the list of places.
const END: u8 = u8::MAX;

/// A drawn element.
pub(super) struct DrawnElement {
    source: &'static Source,
    element: Element,
    holes: Vec<DrawnHole>,
}

enum DrawnHole {
    Child(Drawn),
    Value { target: Target, value: DrawnValue },
    Listener(Listening),
    Reference(HtmlElement),
}

/// Where a value goes.
#[derive(Clone)]
struct Target {
    element: Element,
    kind: Kind,
    name: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Attribute,
    Class,
    Style,
    Property,
}

enum DrawnValue {
    Fixed(Value),
    Live {
        #[expect(dead_code, reason = "it stands for as long as it is kept")]
        following: Following,
        shown: Rc<RefCell<Option<Value>>>,
    },
}

impl DrawnElement {
    pub(super) fn new(template: Template) -> Self {
        let Template { source, holes } = template;
        let element = copy_of(source);
        // Places are looked up before any hole is filled: what fills it moves the rest.
        let nodes: Vec<Node> = places(source).map(|place| node_at(&element, place)).collect();
        let holes = nodes.into_iter().zip(holes).map(|(node, hole)| fill(node, hole)).collect();
        Self { source, element, holes }
    }

    pub(super) fn node(&self) -> &Node {
        &self.element
    }

    /// Whether the template differs in its holes alone.
    pub(super) fn is_of(&self, template: &Template) -> bool {
        std::ptr::eq(self.source, template.source)
    }

    pub(super) fn become_template(&mut self, template: Template) {
        for (drawn, hole) in self.holes.iter_mut().zip(template.holes) {
            drawn.become_hole(hole);
        }
    }
}

fn places(source: &'static Source) -> impl Iterator<Item = &'static [u8]> {
    source.places.split(|number| *number == END)
}

fn node_at(element: &Element, place: &[u8]) -> Node {
    let missing = "a browser leaves the elements of a view where they are";
    place.iter().fold(element.clone().into(), |node: Node, &number| {
        let first = node.first_child().expect(missing);
        (0..number).fold(first, |sibling, _| sibling.next_sibling().expect(missing))
    })
}

/// A copy of the source's element. Its HTML is read once.
fn copy_of(source: &'static Source) -> Element {
    thread_local! {
        static READ: RefCell<Vec<(*const Source, Element)>> = const { RefCell::new(Vec::new()) };
    }
    READ.with_borrow_mut(|known| {
        let key = std::ptr::from_ref(source);
        let place = known.binary_search_by_key(&key, |(source, _)| *source).unwrap_or_else(|place| {
            known.insert(place, (key, read(source)));
            place
        });
        let copy = known[place].1.clone_node_with_deep(true).expect("any element can be copied");
        copy.unchecked_into()
    })
}

fn read(source: &Source) -> Element {
    let template = document().create_element("template").expect("`template` is a name of an element");
    template.set_inner_html(source.html);
    let template: HtmlTemplateElement = template.unchecked_into();
    let top = template.content().first_element_child();
    let element = if source.is_svg_part { top.and_then(|svg| svg.first_element_child()) } else { top };
    element.expect("a view's HTML begins with an element")
}

fn fill(node: Node, hole: Hole) -> DrawnHole {
    let value = |node: Node, kind: Kind, name: &'static str, value: Value| {
        let target = Target { element: node.unchecked_into(), kind, name };
        let value = target.show(value, None);
        DrawnHole::Value { target, value }
    };
    match hole {
        Hole::Child(part) => {
            let mut drawn = build(part);
            let parent = node.parent_node().expect("a place for a child lies in an element");
            drawn.put(&parent, Some(&node));
            take_node_out(&node);
            DrawnHole::Child(drawn)
        }
        Hole::Attribute(name, given) => value(node, Kind::Attribute, name, given),
        Hole::Class(name, given) => value(node, Kind::Class, name, given),
        Hole::Style(name, given) => value(node, Kind::Style, name, given),
        Hole::Property(name, given) => value(node, Kind::Property, name, given),
        Hole::Listener(name, handler) => {
            DrawnHole::Listener(Listening::new(node.unchecked_into(), name, handler))
        }
        Hole::Reference(reference) => {
            let element: HtmlElement = node.unchecked_into();
            reference.set(Some(element.clone()));
            DrawnHole::Reference(element)
        }
    }
}

impl DrawnHole {
    fn become_hole(&mut self, hole: Hole) {
        match (self, hole) {
            (Self::Child(drawn), Hole::Child(part)) => drawn.become_part(part),
            (
                Self::Value { target, value },
                Hole::Attribute(_, new) | Hole::Class(_, new) | Hole::Style(_, new) | Hole::Property(_, new),
            ) => {
                let shown = value.take();
                *value = target.show(new, shown);
            }
            (Self::Listener(listening), Hole::Listener(_, handler)) => listening.replace(handler),
            (Self::Reference(element), Hole::Reference(reference)) => reference.set(Some(element.clone())),
            _ => unreachable!("templates of one source have holes of the same kinds"),
        }
    }
}

impl DrawnValue {
    /// What is shown.
    fn take(&mut self) -> Option<Value> {
        match self {
            Self::Fixed(value) => Some(std::mem::replace(value, Value::Absent)),
            Self::Live { shown, .. } => shown.take(),
        }
    }
}

impl Target {
    /// Sets `value`, now and whenever it changes; nothing is done where it is what is `shown`.
    fn show(&self, value: Value, shown: Option<Value>) -> DrawnValue {
        let Value::Live(mut read) = value else {
            self.set(&value, shown.as_ref());
            return DrawnValue::Fixed(value);
        };
        let (target, shown) = (self.clone(), Rc::new(RefCell::new(shown)));
        let before = shown.clone();
        let following = follow_at_once(Box::new(move || {
            let value = read.act(());
            target.set(&value, before.borrow().as_ref());
            before.replace(Some(value));
        }));
        DrawnValue::Live { following, shown }
    }

    fn set(&self, value: &Value, shown: Option<&Value>) {
        if shown.is_some_and(|shown| shown.equals(value)) {
            return;
        }
        let text = match value {
            Value::Text(text) => Some(&**text),
            Value::Flag(true) => Some(""),
            Value::Absent | Value::Flag(false) | Value::Live(_) => None,
        };
        let Self { element, kind, name } = self;
        // What fails here fails for a name that no element takes, and then nothing is to be shown.
        match kind {
            Kind::Attribute => match text {
                Some(text) => element.set_attribute(name, text).ok(),
                None if shown.is_some() => element.remove_attribute(name).ok(),
                None => None,
            },
            Kind::Class => element.class_list().toggle_with_force(name, text.is_some()).ok().map(drop),
            Kind::Style => {
                let style = element.unchecked_ref::<HtmlElement>().style();
                style.set_property(name, text.unwrap_or_default()).ok()
            }
            Kind::Property => {
                let value = match value {
                    Value::Text(text) => JsValue::from_str(text),
                    Value::Flag(flag) => JsValue::from_bool(*flag),
                    Value::Absent | Value::Live(_) => JsValue::NULL,
                };
                js_sys::Reflect::set(element, &JsValue::from_str(name), &value).ok().map(drop)
            }
        };
    }
}

impl Value {
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Absent, Self::Absent) => true,
            (Self::Flag(one), Self::Flag(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            _ => false,
        }
    }
}
