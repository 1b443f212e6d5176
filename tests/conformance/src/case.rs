//! A request, and what must hold of its answer. Never: code; a home in a browser reads the same.

use serde_json::Value;

/// A request and what must hold of its answer.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is tried.
    pub name: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// Below the interface's root.
    pub path: &'static str,
    /// The header `Content-Type`; a browser sets one by itself where a body is a text, so homes send bytes.
    pub content_type: Option<&'static str>,
    /// The body; none of `GET`.
    pub body: Option<Vec<u8>>,
    /// What must hold.
    pub expected: Expected,
}

/// What must hold of an answer.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Its status.
    pub status: u16,
    /// What it says.
    pub holds: Vec<Hold>,
}

/// One thing that an answer says.
#[derive(Clone, Debug, PartialEq)]
pub enum Hold {
    /// The word for programs of a refusal.
    Reason(&'static str),
    /// The whole sentence of a refusal.
    Detail(String),
    /// Something in the body, by its JSON pointer.
    At(String, Value),
    /// A number in the body, by its JSON pointer, to 1e-12.
    Near(String, f64),
    /// How many elements a list in the body has, by its JSON pointer.
    Length(&'static str, usize),
    /// There is nothing at this JSON pointer.
    Absent(&'static str),
    /// The header `Allow`.
    Allow(&'static str),
    /// The schema cannot say why this is refused: it counts characters, and knows no field that stands there twice.
    BeyondSchema,
}

impl Case {
    /// A prediction of a JSON body.
    pub fn predict(name: &'static str, body: impl ToString) -> Self {
        Self::bytes(name, body.to_string().into_bytes())
    }

    /// A prediction of any body.
    pub fn bytes(name: &'static str, body: Vec<u8>) -> Self {
        Self {
            name,
            method: "POST",
            path: "predict",
            content_type: Some("application/json"),
            body: Some(body),
            expected: Expected { status: 200, holds: Vec::new() },
        }
    }

    /// A request without a body.
    pub fn get(name: &'static str, path: &'static str) -> Self {
        Self { method: "GET", path, content_type: None, body: None, ..Self::bytes(name, Vec::new()) }
    }

    /// The same by another method.
    pub fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// The same at another path.
    pub fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// The same with another content type.
    pub fn typed(mut self, content_type: Option<&'static str>) -> Self {
        self.content_type = content_type;
        self
    }

    /// Its answer has a status.
    pub fn status(mut self, status: u16) -> Self {
        self.expected.status = status;
        self
    }

    /// Something holds of its answer.
    pub fn and(mut self, hold: Hold) -> Self {
        self.expected.holds.push(hold);
        self
    }

    /// A prediction's class, and the probability of `positive`.
    pub fn says(self, idx: usize, label: &str, positive: f64) -> Self {
        self.and(Hold::At(format!("/predictions/{idx}/label"), label.into()))
            .and(Hold::Near(format!("/predictions/{idx}/probabilities/positive"), positive))
    }

    /// It is answered by a model.
    pub fn from(self, address: &str) -> Self {
        self.and(Hold::At("/model/address".to_owned(), address.into()))
    }

    /// It is refused, in these words.
    pub fn refused(self, status: u16, reason: &'static str, detail: &str) -> Self {
        self.status(status).and(Hold::Reason(reason)).and(Hold::Detail(detail.to_owned()))
    }
}
