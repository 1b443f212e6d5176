//! A request read: what is asked for, or why it is not understood. Never: a field passed over, or one that
//! `openapi.json` does not have.

use engine::quote::Grouped;
use json::{Document, Node, parse_real};
use track::registry::ModelUri;

use crate::bounds::{MAX_BODY_BYTES, MAX_TEXT_BYTES, MAX_TEXTS, MAX_TOP_WORDS};
use crate::exchange::{JSON, Request};
use crate::refusal::Refusal;

/// The fields of a prediction.
pub const FIELDS: [&str; 6] = ["text", "texts", "model", "version", "alias", "words"];
// Their places in `FIELDS`.
const TEXT: usize = 0;
const TEXTS: usize = 1;
const MODEL: usize = 2;
const VERSION: usize = 3;
const ALIAS: usize = 4;
const WORDS: usize = 5;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// `POST predict`.
    Predict(PredictCall),
    /// `GET models`.
    Models,
    /// `GET openapi.json`.
    OpenApi,
}

/// A prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictCall {
    /// 1 to `MAX_TEXTS`.
    pub texts: Vec<String>,
    /// Who is to answer.
    pub which: Which,
    /// How many top words are told of each text; 0 for none.
    pub n_words: usize,
}

/// Which model is to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The newest champion, else the version registered last, else what the home has.
    Newest,
    /// The version that answers for a registered model: its champion, else what is in Production, else the newest.
    Named(String),
    /// The version at an address.
    At(ModelUri),
}

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    /// Where there is nothing at the path, or the request is not one that can be answered by any model.
    pub fn read(request: &Request<'_>) -> Result<Self, Refusal> {
        let is_asked = |path, allowed: &'static str| {
            let is_allowed = allowed.split(", ").any(|method| method == request.method);
            let method = || request.method.to_owned();
            if is_allowed { Ok(()) } else { Err(Refusal::WrongMethod { method: method(), path, allowed }) }
        };
        match request.path {
            "predict" => {
                is_asked("predict", "POST")?;
                check_type(request.content_type)?;
                PredictCall::read(request.body).map(Self::Predict)
            }
            "models" => is_asked("models", "GET, HEAD").map(|()| Self::Models),
            "openapi.json" => is_asked("openapi.json", "GET, HEAD").map(|()| Self::OpenApi),
            path => Err(Refusal::NoSuchPath { path: path.to_owned() }),
        }
    }
}

/// A page of another origin cannot send this type without asking first, so it cannot make a browser ask for it.
fn check_type(found: Option<&str>) -> Result<(), Refusal> {
    let of = |header: &str| header.split(';').next().is_some_and(|of| of.trim().eq_ignore_ascii_case(JSON));
    if found.is_some_and(of) {
        return Ok(());
    }
    Err(Refusal::NotJsonType { found: found.map(str::to_owned) })
}

impl PredictCall {
    /// Reads a body.
    ///
    /// # Errors
    /// Where it is too large, no JSON, or not a prediction.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Refusal::BodyTooLarge);
        }
        let text = std::str::from_utf8(body).map_err(|error| Refusal::NotUtf8 { at: error.valid_up_to() })?;
        let document = Document::parse(text).map_err(Refusal::NotJson)?;
        let root = document.root();
        if !root.is_object() {
            return Err(Refusal::NotAnObject);
        }
        let fields = fields_of(root)?;
        let texts = texts(fields[TEXT], fields[TEXTS])?;
        let name = |at: usize| fields[at].map(|node| name(FIELDS[at], node)).transpose();
        let most = u64::from(u32::MAX);
        let version = fields[VERSION].map(|node| number("version", node, 1, most)).transpose()?;
        let n_words = fields[WORDS].map(|node| number("words", node, 0, MAX_TOP_WORDS as u64)).transpose()?;
        // `number` has held both to their bounds.
        let which = which(name(MODEL)?, version.map(|version| version as u32), name(ALIAS)?)?;
        Ok(Self { texts, which, n_words: n_words.unwrap_or(0) as usize })
    }
}

/// In the order of `FIELDS`.
fn fields_of(root: Node<'_>) -> Result<[Option<Node<'_>>; FIELDS.len()], Refusal> {
    let mut fields = [None; FIELDS.len()];
    for (key, value) in root.members() {
        let name = key.text();
        let place = FIELDS.iter().position(|field| *field == name);
        let place = place.ok_or_else(|| Refusal::UnknownField {
            name: name.into_owned(),
            fields: FIELDS.map(|field| format!("'{field}'")).join(", "),
        })?;
        if fields[place].replace(value).is_some() {
            return Err(Refusal::RepeatedField { name: FIELDS[place] });
        }
    }
    Ok(fields)
}

fn texts(one: Option<Node<'_>>, many: Option<Node<'_>>) -> Result<Vec<String>, Refusal> {
    let (node, is_list) = match (one, many) {
        (Some(node), None) => (node, false),
        (None, Some(node)) => (node, true),
        _ => return Err(Refusal::NoTextOrBoth),
    };
    if !is_list {
        let expected = || Refusal::BadField { name: "text", expected: "a text".to_owned() };
        return if node.is_text() { Ok(vec![bounded(1, node)?]) } else { Err(expected()) };
    }
    if !node.is_list() {
        return Err(Refusal::BadField { name: "texts", expected: "a list of texts".to_owned() });
    }
    let found = node.n_items();
    if !(1..=MAX_TEXTS).contains(&found) {
        return Err(Refusal::BadNumberOfTexts { found });
    }
    let numbered = (1..).zip(node.items());
    numbered
        .map(
            |(number, item)| {
                if item.is_text() { bounded(number, item) } else { Err(Refusal::NotAText { number }) }
            },
        )
        .collect()
}

fn bounded(number: usize, node: Node<'_>) -> Result<String, Refusal> {
    let text = node.text();
    let n_bytes = text.len();
    if n_bytes > MAX_TEXT_BYTES {
        return Err(Refusal::TextTooLong { number, n_bytes });
    }
    Ok(text.into_owned())
}

fn name(name: &'static str, node: Node<'_>) -> Result<String, Refusal> {
    let text = if node.is_text() { node.text().into_owned() } else { String::new() };
    if text.is_empty() {
        return Err(Refusal::BadField { name, expected: "a text that is not empty".to_owned() });
    }
    Ok(text)
}

/// A whole number, however it is written: to JSON Schema `2`, `2.0` and `0.2e1` are one.
fn number(name: &'static str, node: Node<'_>, least: u64, most: u64) -> Result<u64, Refusal> {
    let found = node.number().and_then(parse_real);
    // All bounds are far below 2^53.
    let is_meant = |number: &f64| number.fract() == 0.0 && (least as f64..=most as f64).contains(number);
    found.filter(is_meant).map(|number| number as u64).ok_or_else(|| Refusal::BadField {
        name,
        expected: format!("a whole number from {least} to {}", Grouped(most)),
    })
}

/// Addresses say all themselves; a name may have a version or an alias beside it.
fn which(model: Option<String>, version: Option<u32>, alias: Option<String>) -> Result<Which, Refusal> {
    let Some(model) = model else {
        return if version.is_none() && alias.is_none() {
            Ok(Which::Newest)
        } else {
            Err(Refusal::UnclearVersion)
        };
    };
    let is_address = model.starts_with("models:") || model.starts_with("runs:");
    match (version, alias) {
        (None, None) if is_address => model.parse().map(Which::At).map_err(Refusal::NoSuchModel),
        (None, None) => Ok(Which::Named(model)),
        (Some(version), None) if !is_address => Ok(Which::At(ModelUri::Version { model, version })),
        (None, Some(alias)) if !is_address => Ok(Which::At(ModelUri::Alias { model, alias })),
        _ => Err(Refusal::UnclearVersion),
    }
}
