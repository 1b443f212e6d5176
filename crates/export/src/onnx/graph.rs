//! Constants and operators in, an ONNX model out, node by node.
//!
//! Field numbers are those of `onnx.proto`; values are named by their numbers, in the order they are made.

use super::proto::Message;

/// The newest opset of ONNX that is used, and the version of the file format that brought it.
const OPSET: i64 = 20;
const IR_VERSION: i64 = 9;
/// The domain of trees, and its opset.
const TREES: (&str, i64) = ("ai.onnx.ml", 5);

/// What a tensor is made of: numbers of `TensorProto.DataType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Float = 1,
    Byte = 2,
    Whole = 7,
    Text = 8,
    Truth = 9,
    Double = 11,
}

/// A value of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value(pub(super) String);

/// An operator's setting.
pub(super) enum Attribute<'a> {
    Int(&'static str, i64),
    Text(&'static str, &'a str),
    Ints(&'static str, Vec<i64>),
    Texts(&'static str, Vec<&'a str>),
    Tensor(&'static str, Message),
}

/// A graph under way.
#[derive(Default)]
pub(super) struct Graph {
    body: Message,
    n_values: usize,
    has_trees: bool,
}

impl Graph {
    fn fresh(&mut self, what: &str) -> Value {
        self.n_values += 1;
        Value(format!("{what}_{}", self.n_values))
    }

    /// Real numbers. `dims` multiply to their number.
    pub(super) fn reals(&mut self, dims: &[usize], values: &[f64]) -> Value {
        self.constant(reals(dims, values))
    }

    /// Whole numbers.
    pub(super) fn wholes(&mut self, dims: &[usize], values: &[i64]) -> Value {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(tensor(Element::Whole, dims, &bytes))
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, values: &[String]) -> Value {
        let mut message = header(Element::Text, &[values.len()]);
        for value in values {
            message.text(6, value);
        }
        self.constant(message)
    }

    fn constant(&mut self, mut tensor: Message) -> Value {
        let value = self.fresh("constant");
        tensor.text(8, &value.0);
        self.body.message(5, &tensor);
        value
    }

    /// An operator of one output.
    pub(super) fn node(&mut self, kind: &str, inputs: &[&Value], attributes: &[Attribute<'_>]) -> Value {
        let output = self.fresh(kind);
        self.push(kind, inputs, &[&output], attributes, None);
        output
    }

    /// An operator's first of `n_outputs` outputs.
    pub(super) fn first_of(
        &mut self,
        kind: &str,
        inputs: &[&Value],
        n_outputs: usize,
        attributes: &[Attribute<'_>],
    ) -> Value {
        let outputs: Vec<Value> = (0..n_outputs).map(|_| self.fresh(kind)).collect();
        let all: Vec<&Value> = outputs.iter().collect();
        self.push(kind, inputs, &all, attributes, None);
        outputs[0].clone()
    }

    /// An operator of the domain of trees.
    pub(super) fn tree_node(&mut self, kind: &str, input: &Value, attributes: &[Attribute<'_>]) -> Value {
        self.has_trees = true;
        let output = self.fresh(kind);
        self.push(kind, &[input], &[&output], attributes, Some(TREES.0));
        output
    }

    /// The value under the name of one of the graph's outputs.
    pub(super) fn name(&mut self, value: &Value, name: &str) {
        self.push("Identity", &[value], &[&Value(name.to_owned())], &[], None);
    }

    pub(super) fn cast(&mut self, value: &Value, to: Element) -> Value {
        self.node("Cast", &[value], &[Attribute::Int("to", to as i64)])
    }

    fn push(
        &mut self,
        kind: &str,
        inputs: &[&Value],
        outputs: &[&Value],
        attributes: &[Attribute<'_>],
        domain: Option<&str>,
    ) {
        let mut node = Message::default();
        for input in inputs {
            node.text(1, &input.0);
        }
        for output in outputs {
            node.text(2, &output.0);
        }
        node.text(3, &format!("{kind}_of_{}", outputs[0].0)).text(4, kind);
        for attribute in attributes {
            node.message(5, &attribute.message());
        }
        if let Some(domain) = domain {
            node.text(7, domain);
        }
        self.body.message(1, &node);
    }

    /// The model file. `inputs` and `outputs`: names, elements, and dimensions, those without a number named.
    pub(super) fn finish(
        mut self,
        about: &str,
        properties: &[(&str, String)],
        inputs: &[Port<'_>],
        outputs: &[Port<'_>],
    ) -> Vec<u8> {
        self.body.text(2, "reviewlab");
        for port in inputs {
            self.body.message(11, &port.message());
        }
        for port in outputs {
            self.body.message(12, &port.message());
        }
        let mut model = Message::default();
        model.int(1, IR_VERSION).text(2, "reviewlab").text(6, about).message(7, &self.body);
        let domains = [Some(("", OPSET)), self.has_trees.then_some(TREES)];
        for (domain, version) in domains.into_iter().flatten() {
            let mut opset = Message::default();
            opset.text(1, domain).int(2, version);
            model.message(8, &opset);
        }
        for (key, value) in properties {
            let mut entry = Message::default();
            entry.text(1, key).text(2, value);
            model.message(14, &entry);
        }
        model.into_bytes()
    }
}

/// What goes in or comes out. The first dimension is the number of texts.
pub(super) struct Port<'a> {
    pub(super) name: &'a str,
    pub(super) element: Element,
    pub(super) n_columns: Option<usize>,
}

impl Port<'_> {
    fn message(&self) -> Message {
        let mut shape = Message::default();
        let mut rows = Message::default();
        rows.text(2, "N");
        shape.message(1, &rows);
        if let Some(n_columns) = self.n_columns {
            let mut columns = Message::default();
            columns.int(1, n_columns as i64);
            shape.message(1, &columns);
        }
        let mut tensor = Message::default();
        tensor.int(1, self.element as i64).message(2, &shape);
        let mut kind = Message::default();
        kind.message(1, &tensor);
        let mut port = Message::default();
        port.text(1, self.name).message(2, &kind);
        port
    }
}

impl Attribute<'_> {
    fn message(&self) -> Message {
        let mut message = Message::default();
        match self {
            Self::Int(name, value) => {
                message.text(1, name).int(3, *value).int(20, 2);
            }
            Self::Text(name, value) => {
                message.text(1, name).text(4, value).int(20, 3);
            }
            Self::Tensor(name, value) => {
                message.text(1, name).message(5, value).int(20, 4);
            }
            Self::Ints(name, values) => {
                message.text(1, name);
                for value in values {
                    message.int(8, *value);
                }
                message.int(20, 7);
            }
            Self::Texts(name, values) => {
                message.text(1, name);
                for value in values {
                    message.text(9, value);
                }
                message.int(20, 8);
            }
        }
        message
    }
}

/// A tensor of real numbers.
pub(super) fn reals(dims: &[usize], values: &[f64]) -> Message {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    tensor(Element::Double, dims, &bytes)
}

/// A tensor of bytes.
pub(super) fn small_numbers(values: &[u8]) -> Message {
    tensor(Element::Byte, &[values.len()], values)
}

fn tensor(element: Element, dims: &[usize], bytes: &[u8]) -> Message {
    let mut message = header(element, dims);
    message.bytes(9, bytes);
    message
}

fn header(element: Element, dims: &[usize]) -> Message {
    let mut message = Message::default();
    for dim in dims {
        message.int(1, *dim as i64);
    }
    message.int(2, element as i64);
    message
}
