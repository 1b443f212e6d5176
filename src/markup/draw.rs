//! Draws parts of views, and draws them again in the nodes they have.

mod element;
mod rows;

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{Document, Element, Node};

use self::element::DrawnElement;
use self::rows::DrawnRows;
use super::{Act, Part, View};
use crate::reactive::{Following, follow_at_once};

/// A view in the page, until it is dropped.
pub struct Mounted {
    drawn: Drawn,
}

/// Draws a view as the last child of `parent`.
pub fn mount(parent: &Element, view: View) -> Mounted {
    let mut drawn = build(view.0);
    drawn.put(parent, None);
    Mounted { drawn }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.drawn.take_out();
    }
}

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("views are drawn in a page")
}

fn comment() -> Node {
    document().create_comment("").into()
}

fn put_node(node: &Node, parent: &Node, before: Option<&Node>) {
    parent.insert_before(node, before).expect("the node before which it goes is a child of the parent");
}

fn take_node_out(node: &Node) {
    if let Some(parent) = node.parent_node() {
        parent.remove_child(node).expect("it is a child of its parent");
    }
}

/// A drawn part. It has at least one node, by which its place is known.
enum Drawn {
    Nothing(Node),
    Text(Node, Cow<'static, str>),
    /// The comment stands at the end.
    List(Vec<Drawn>, Node),
    Live(
        #[expect(dead_code, reason = "it stands for as long as it is kept")] Following,
        Rc<RefCell<Option<Drawn>>>,
    ),
    Element(DrawnElement),
    Rows(DrawnRows),
}

fn build(part: Part) -> Drawn {
    match part {
        Part::Nothing => Drawn::Nothing(comment()),
        Part::Text(text) => Drawn::Text(document().create_text_node(&text).into(), text),
        Part::List(parts) => Drawn::List(parts.into_iter().map(build).collect(), comment()),
        Part::Live(read) => live(read, Rc::default()),
        Part::Element(template) => Drawn::Element(DrawnElement::new(template)),
        Part::Rows(rows) => Drawn::Rows(DrawnRows::new(rows)),
    }
}

/// Draws what `read` gives into `place`, and again whenever what it reads changes.
fn live(mut read: Box<dyn Act<(), Part>>, place: Rc<RefCell<Option<Drawn>>>) -> Drawn {
    // The effect's task outlives the effect for a while: it must not keep what was drawn, whose own effects would
    // read what is gone.
    let weak = Rc::downgrade(&place);
    let following = follow_at_once(Box::new(move || {
        let Some(place) = weak.upgrade() else { return };
        let part = read.act(());
        let mut place = place.borrow_mut();
        match place.as_mut() {
            Some(drawn) => drawn.become_part(part),
            None => *place = Some(build(part)),
        }
    }));
    Drawn::Live(following, place)
}

impl Drawn {
    /// Puts its nodes before `before`, a child of `parent`; at the end where there is none.
    fn put(&mut self, parent: &Node, before: Option<&Node>) {
        match self {
            Self::Nothing(node) | Self::Text(node, _) => put_node(node, parent, before),
            Self::List(items, end) => {
                items.iter_mut().for_each(|item| item.put(parent, before));
                put_node(end, parent, before);
            }
            Self::Live(_, place) => {
                if let Some(drawn) = place.borrow_mut().as_mut() {
                    drawn.put(parent, before);
                }
            }
            Self::Element(element) => put_node(element.node(), parent, before),
            Self::Rows(rows) => rows.put(parent, before),
        }
    }

    fn take_out(&mut self) {
        match self {
            Self::Nothing(node) | Self::Text(node, _) => take_node_out(node),
            Self::List(items, end) => {
                items.iter_mut().for_each(Drawn::take_out);
                take_node_out(end);
            }
            Self::Live(_, place) => {
                if let Some(drawn) = place.borrow_mut().as_mut() {
                    drawn.take_out();
                }
            }
            Self::Element(element) => take_node_out(element.node()),
            Self::Rows(rows) => rows.take_out(),
        }
    }

    fn first_node(&self) -> Node {
        match self {
            Self::Nothing(node) | Self::Text(node, _) => node.clone(),
            Self::List(items, end) => items.first().map_or_else(|| end.clone(), Drawn::first_node),
            Self::Live(_, place) => {
                place.borrow().as_ref().expect("a live part is drawn when it is made").first_node()
            }
            Self::Element(element) => element.node().clone(),
            Self::Rows(rows) => rows.first_node(),
        }
    }

    /// Whether its last node is followed by `next`.
    fn is_right_before(&self, next: &Node) -> bool {
        next.previous_sibling().is_some_and(|last| last == self.last_node())
    }

    fn last_node(&self) -> Node {
        match self {
            Self::List(_, end) => end.clone(),
            Self::Live(_, place) => {
                place.borrow().as_ref().expect("a live part is drawn when it is made").last_node()
            }
            Self::Rows(rows) => rows.last_node(),
            Self::Nothing(_) | Self::Text(..) | Self::Element(_) => self.first_node(),
        }
    }

    /// Shows `part` from now on: in the nodes there are where it is alike, in their place otherwise.
    fn become_part(&mut self, part: Part) {
        match (&mut *self, part) {
            (Self::Nothing(_), Part::Nothing) => {}
            (Self::Text(node, old), Part::Text(text)) => {
                if *old != text {
                    node.set_text_content(Some(&text));
                    *old = text;
                }
            }
            (Self::List(items, end), Part::List(parts)) => become_list(items, end, parts),
            (Self::Live(_, place), Part::Live(read)) => {
                let place = place.clone();
                *self = live(read, place);
            }
            (Self::Element(element), Part::Element(template)) if element.is_of(&template) => {
                element.become_template(template);
            }
            (Self::Rows(rows), Part::Rows(new)) => rows.become_rows(new),
            (_, part) => self.give_way_to(part),
        }
    }

    fn give_way_to(&mut self, part: Part) {
        let mut new = build(part);
        let first = self.first_node();
        if let Some(parent) = first.parent_node() {
            new.put(&parent, Some(&first));
        }
        self.take_out();
        *self = new;
    }
}

fn become_list(items: &mut Vec<Drawn>, end: &Node, parts: Vec<Part>) {
    for mut surplus in items.drain(parts.len().min(items.len())..) {
        surplus.take_out();
    }
    let n_kept = items.len();
    for (place, part) in parts.into_iter().enumerate() {
        if place < n_kept {
            items[place].become_part(part);
            continue;
        }
        let mut new = build(part);
        if let Some(parent) = end.parent_node() {
            new.put(&parent, Some(end));
        }
        items.push(new);
    }
}
