//! A parsed text in, values out, looked up by name and place. Nothing is copied but the texts asked for.
//!
//! A value that does not fit its type is noted once, and reading goes on with a stand-in: so a type's code
//! is its list of fields, without a way out at each of them. Whoever reads sees only the note.

use std::borrow::Cow;
use std::cell::Cell;

use thiserror::Error;

use crate::parse::{Entry, Kind, Parser, unescaped};
use crate::write::Writer;

/// A value that can be read from JSON. Derived for records; the attributes are serde's.
///
/// A node that does not fit is a `Node::misfit`, and reading goes on with a stand-in that nobody sees:
/// zero, an empty text or list, the first variant. So a type's first variant must not hold the type itself.
pub trait FromJson: Sized {
    /// Reads the value at `node`.
    fn read(node: Node<'_>) -> Self;
}

/// A text that is not JSON, or does not fit the type it is read as.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct JsonError {
    /// What is wrong, and where.
    pub reason: String,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Missing { field: &'static str, at: u32 },
    Expected { what: &'static str, at: u32 },
}

/// A parsed text, and the first thing in it that did not fit what was read.
#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    /// The first is what missing fields are read from, the second the whole.
    entries: Vec<Entry>,
    fault: Cell<Option<Fault>>,
}

/// A place in a document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    document: &'a Document<'a>,
    at: u32,
}

const MISSING: u32 = 0;
const ROOT: u32 = 1;

impl<'a> Document<'a> {
    /// Parses a text.
    ///
    /// # Errors
    /// Where it is not JSON, is nested deeper than `MAX_DEPTH` or longer than `u32::MAX`.
    pub fn parse(text: &'a str) -> Result<Self, JsonError> {
        if u32::try_from(text.len()).is_err() {
            return Err(JsonError { reason: format!("a text of {} bytes is too long", text.len()) });
        }
        let mut parser = Parser::new(text);
        match parser.whole() {
            Ok(()) => Ok(Self { text, entries: parser.entries, fault: Cell::new(None) }),
            Err(what) => Err(JsonError { reason: format!("{what}{}", place(text, parser.at)) }),
        }
    }

    /// The whole.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, at: ROOT }
    }

    /// The whole as a `T`.
    ///
    /// # Errors
    /// Where it does not fit, with the first place that does not.
    pub fn read<T: FromJson>(&self) -> Result<T, JsonError> {
        self.fault.set(None);
        let value = T::read(self.root());
        self.check()?;
        Ok(value)
    }

    #[inline(never)]
    fn check(&self) -> Result<(), JsonError> {
        let reason = match self.fault.take() {
            None => return Ok(()),
            Some(Fault::Missing { field, at }) => format!("missing field `{field}`{}", self.place_of(at)),
            Some(Fault::Expected { what, at }) => format!("expected {what}{}", self.place_of(at)),
        };
        Err(JsonError { reason })
    }

    fn place_of(&self, at: u32) -> String {
        place(self.text, self.entries[at as usize].start as usize)
    }
}

/// ` at line 1 column 32`, both from 1, the column in bytes.
fn place(text: &str, at: usize) -> String {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    format!(" at line {line} column {column}")
}

impl<'a> Node<'a> {
    fn entry(self) -> Entry {
        self.document.entries[self.at as usize]
    }

    fn raw(self) -> &'a str {
        let Entry { start, end, .. } = self.entry();
        &self.document.text[start as usize..end as usize]
    }

    /// The entry after this value.
    fn after(self) -> u32 {
        match self.entry() {
            Entry { kind: Kind::Array | Kind::Object, end, .. } => end,
            _ => self.at + 1,
        }
    }

    /// Notes that this is not `what` it should be; the first note counts.
    #[cold]
    #[inline(never)]
    pub fn misfit(self, what: &'static str) {
        if self.document.fault.get().is_none() {
            self.document.fault.set(Some(Fault::Expected { what, at: self.at }));
        }
    }

    /// The field called `name`; where there is none, a node that reads as `None`.
    #[inline(never)]
    pub fn field(self, name: &'static str) -> Node<'a> {
        if let Some(found) = self.find(name) {
            return found;
        }
        Node { at: MISSING, ..self }
    }

    /// The field called `name`, which must be there.
    #[inline(never)]
    pub fn required(self, name: &'static str) -> Node<'a> {
        let found = self.field(name);
        if found.is_missing() && self.document.fault.get().is_none() {
            self.document.fault.set(Some(match self.entry().kind {
                Kind::Object => Fault::Missing { field: name, at: self.at },
                _ => Fault::Expected { what: "an object", at: self.at },
            }));
        }
        found
    }

    /// Whether there is a field called `name`.
    pub fn has(self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(self, name: &str) -> Option<Node<'a>> {
        self.pairs().find(|(key, _)| key.text_or_empty() == name).map(|(_, value)| value)
    }

    /// Whether it stands for a field that is not there.
    pub fn is_missing(self) -> bool {
        self.at == MISSING
    }

    /// Whether it is `null` or not there.
    pub fn is_null(self) -> bool {
        matches!(self.entry().kind, Kind::Null | Kind::Missing)
    }

    /// Whether it is a text.
    pub fn is_text(self) -> bool {
        matches!(self.entry().kind, Kind::Text | Kind::Escaped)
    }

    /// Whether it is an array.
    pub fn is_list(self) -> bool {
        self.entry().kind == Kind::Array
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.entry().kind == Kind::Object
    }

    /// The number as it is written; `None` where it is none.
    pub fn number(self) -> Option<&'a str> {
        (self.entry().kind == Kind::Number).then(|| self.raw())
    }

    /// The number, if it is whole and an `i64` holds it. `-0` is a real number.
    pub fn integer(self) -> Option<i64> {
        self.number().filter(|number| *number != "-0")?.parse().ok()
    }

    /// `true` or `false`; `None` where it is neither.
    pub fn truth(self) -> Option<bool> {
        match self.entry().kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The text; a misfit where it is none.
    #[inline(never)]
    pub fn text(self) -> Cow<'a, str> {
        if !self.is_text() {
            self.misfit("a text");
        }
        self.text_or_empty()
    }

    fn text_or_empty(self) -> Cow<'a, str> {
        match self.entry().kind {
            Kind::Text => Cow::Borrowed(self.raw()),
            Kind::Escaped => Cow::Owned(unescaped(self.raw()).unwrap_or_default()),
            _ => Cow::Borrowed(""),
        }
    }

    /// Which of `names` this text is; the first, and a misfit, where it is none of them.
    #[inline(never)]
    pub fn variant(self, names: &[&'static str]) -> usize {
        let found = self.text_or_empty();
        names.iter().position(|name| *name == found).unwrap_or_else(|| {
            self.misfit("one of the kinds this version knows");
            0
        })
    }

    /// Which of `names` the field `tag` is; the first, and a misfit, where it is none of them.
    #[inline(never)]
    pub fn tagged(self, tag: &'static str, names: &[&'static str]) -> usize {
        let tag = self.required(tag);
        tag.variant(names)
    }

    /// `"name"` or `{"name": content}`: which of `names`, and its content.
    #[inline(never)]
    pub fn wrapped(self, names: &[&'static str]) -> (usize, Node<'a>) {
        let mut pairs = self.pairs();
        match (pairs.next(), pairs.next()) {
            (Some((name, content)), None) => (name.variant(names), content),
            _ => (self.variant(names), Node { at: MISSING, ..self }),
        }
    }

    /// The elements of an array; a misfit where it is none.
    #[inline(never)]
    pub fn items(self) -> Items<'a> {
        let is_array = self.entry().kind == Kind::Array;
        if !is_array {
            self.misfit("a list");
        }
        let end = if is_array { self.after() } else { self.at + 1 };
        Items { next: Node { at: self.at + 1, ..self }, of: self, end }
    }

    /// How many elements an array has; a misfit where it is none.
    #[inline(never)]
    pub fn n_items(self) -> usize {
        self.items().count()
    }

    /// How many keys an object has; a misfit where it is none.
    #[inline(never)]
    pub fn n_members(self) -> usize {
        self.members().count()
    }

    /// The keys and values of an object; a misfit where it is none.
    pub fn members(self) -> Members<'a> {
        if self.entry().kind != Kind::Object {
            self.misfit("an object");
        }
        self.pairs()
    }

    /// Writes the value again as compact JSON.
    pub fn write_again(self, out: &mut Writer) {
        match self.entry().kind {
            Kind::Array => {
                out.word("[");
                for item in self.items() {
                    out.part();
                    item.write_again(out);
                }
                out.word("]");
            }
            Kind::Object => {
                out.open();
                for (key, value) in self.pairs() {
                    out.key(&key.text_or_empty());
                    value.write_again(out);
                }
                out.close();
            }
            Kind::Number => out.raw(self.raw()),
            Kind::True => out.word("true"),
            Kind::False => out.word("false"),
            Kind::Null | Kind::Missing => out.word("null"),
            Kind::Text | Kind::Escaped => out.text(&self.text_or_empty()),
        }
    }

    fn pairs(self) -> Members<'a> {
        let end = if self.entry().kind == Kind::Object { self.after() } else { self.at + 1 };
        Members { next: Node { at: self.at + 1, ..self }, end }
    }
}

/// The elements of an array.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    next: Node<'a>,
    of: Node<'a>,
    end: u32,
}

impl<'a> Items<'a> {
    /// The next element of a list of fixed length; a misfit where it is too short.
    #[inline(never)]
    pub fn required(&mut self) -> Node<'a> {
        self.next().unwrap_or_else(|| {
            self.of.misfit("a longer list");
            Node { at: MISSING, ..self.of }
        })
    }

    /// Ends a list of fixed length; a misfit where it is longer.
    #[inline(never)]
    pub fn end(mut self) {
        if self.next().is_some() {
            self.of.misfit("a shorter list");
        }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    #[inline(never)]
    fn next(&mut self) -> Option<Node<'a>> {
        let item = self.next;
        if item.at >= self.end {
            return None;
        }
        self.next.at = item.after();
        Some(item)
    }
}

/// The keys and values of an object.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    next: Node<'a>,
    end: u32,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Node<'a>, Node<'a>);

    #[inline(never)]
    fn next(&mut self) -> Option<(Node<'a>, Node<'a>)> {
        let key = self.next;
        if key.at >= self.end {
            return None;
        }
        let value = Node { at: key.at + 1, ..key };
        self.next.at = value.after();
        Some((key, value))
    }
}
