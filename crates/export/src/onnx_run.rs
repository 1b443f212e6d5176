//! The bytes of `model.onnx` in, its answers to prepared texts out: the file is read and run operator by operator, so that
//! what is checked is what was written, and not what it was made of.
//!
//! It runs the operators that `onnx` writes, as ONNX defines them, and refuses any other.

mod wire;
mod tensor;
mod elementwise;
mod along;
mod text;
mod trees;

use engine::num::SortedMap;
use thiserror::Error;

use self::tensor::{Tensor, Values};
use self::wire::{Wire, fields};

/// Why a model file cannot be run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the ONNX file cannot be run: {0}")]
pub struct OnnxError(pub(crate) &'static str);

/// An operator with its settings.
#[derive(Debug, Default)]
struct Node {
    kind: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
    settings: Vec<(String, Setting)>,
}

/// A setting of an operator.
#[derive(Debug, Default)]
struct Setting {
    whole: i64,
    text: String,
    wholes: Vec<i64>,
    texts: Vec<String>,
    tensor: Option<Tensor>,
}

impl Node {
    fn setting(&self, name: &'static str) -> Option<&Setting> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, setting)| setting)
    }

    fn whole(&self, name: &'static str) -> Option<i64> {
        self.setting(name).map(|setting| setting.whole)
    }
}

/// A model that runs.
#[derive(Debug)]
pub struct OnnxModel {
    nodes: Vec<Node>,
    constants: SortedMap<String, Tensor>,
}

/// What comes out of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct OnnxAnswer {
    /// The class's name.
    pub label: String,
    /// A probability a class.
    pub probabilities: Vec<f64>,
    /// Too close to call, of a model that says so.
    pub unsure: bool,
}

impl OnnxModel {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it is cut off, or is no model.
    pub fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut model = Self { nodes: Vec::new(), constants: SortedMap::default() };
        for field in fields(bytes) {
            if let (7, Wire::Bytes(graph)) = field? {
                model.read_graph(graph)?;
            }
        }
        if model.nodes.is_empty() { Err(OnnxError("it holds no graph")) } else { Ok(model) }
    }

    fn read_graph(&mut self, bytes: &[u8]) -> Result<(), OnnxError> {
        for field in fields(bytes) {
            match field? {
                (1, Wire::Bytes(node)) => self.nodes.push(read_node(node)?),
                (5, Wire::Bytes(tensor)) => {
                    let (name, tensor) = Tensor::read(tensor)?;
                    self.constants.insert(name, tensor);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The answers to texts that are prepared already.
    ///
    /// # Errors
    /// Where an operator is not known here or does not fit what goes in.
    pub fn run(&self, prepared: Vec<String>) -> Result<Vec<OnnxAnswer>, OnnxError> {
        let n_texts = prepared.len();
        let mut values: SortedMap<String, Tensor> = SortedMap::default();
        values.insert("text".to_owned(), Tensor::new(vec![n_texts], Values::Text(prepared))?);
        for node in &self.nodes {
            let find = |name: &String| values.get(name).or_else(|| self.constants.get(name));
            let inputs: Option<Vec<&Tensor>> = node.inputs.iter().map(find).collect();
            let inputs = inputs.ok_or(OnnxError("an operator's input is missing"))?;
            let output = apply(node, &inputs)?;
            let name = node.outputs.first().ok_or(OnnxError("an operator has no output"))?;
            values.insert(name.clone(), output);
        }
        let labels = values.get("label").ok_or(OnnxError("it has no output `label`"))?.texts()?;
        let shares = values.get("probabilities").ok_or(OnnxError("it has no output `probabilities`"))?;
        let unsure = values.get("unsure").map(Tensor::truths).transpose()?;
        let (n_rows, n_classes) = shares.matrix()?;
        let fits = labels.len() == n_texts && n_rows == n_texts;
        if !fits || unsure.is_some_and(|unsure| unsure.len() != n_texts) {
            return Err(OnnxError("it does not answer each text"));
        }
        let shares = shares.reals()?;
        let answer = |row: usize| OnnxAnswer {
            label: labels[row].clone(),
            probabilities: shares[row * n_classes..][..n_classes].to_vec(),
            unsure: unsure.is_some_and(|unsure| unsure[row]),
        };
        Ok((0..n_texts).map(answer).collect())
    }
}

fn read_node(bytes: &[u8]) -> Result<Node, OnnxError> {
    let mut node = Node::default();
    for field in fields(bytes) {
        match field? {
            (1, wire) => node.inputs.push(wire.text()?),
            (2, wire) => node.outputs.push(wire.text()?),
            (4, wire) => node.kind = wire.text()?,
            (5, Wire::Bytes(setting)) => node.settings.push(read_setting(setting)?),
            _ => {}
        }
    }
    Ok(node)
}

fn read_setting(bytes: &[u8]) -> Result<(String, Setting), OnnxError> {
    let mut name = String::new();
    let mut setting = Setting::default();
    for field in fields(bytes) {
        match field? {
            (1, wire) => name = wire.text()?,
            (3, Wire::Number(number)) => setting.whole = number as i64,
            (4, wire) => setting.text = wire.text()?,
            (5, Wire::Bytes(tensor)) => setting.tensor = Some(Tensor::read(tensor)?.1),
            (8, Wire::Number(number)) => setting.wholes.push(number as i64),
            (9, wire) => setting.texts.push(wire.text()?),
            _ => {}
        }
    }
    Ok((name, setting))
}

fn apply(node: &Node, inputs: &[&Tensor]) -> Result<Tensor, OnnxError> {
    let input = |place: usize| inputs.get(place).copied().ok_or(OnnxError("an operator lacks an input"));
    let first = input(0)?;
    match node.kind.as_str() {
        "Identity" => Ok(first.clone()),
        "StringSplit" => text::split(node, first),
        "TfIdfVectorizer" => text::count(node, first),
        "TreeEnsemble" => trees::sum(node, first),
        "Cast" => elementwise::cast(node, first),
        "Log" => first.each(libm::log),
        "Abs" => first.each(f64::abs),
        "Sqrt" => first.each(f64::sqrt),
        "Sigmoid" => first.each(|x| 1.0 / (1.0 + libm::exp(-x))),
        "Add" => elementwise::reals(first, input(1)?, |a, b| a + b),
        "Sub" => elementwise::reals(first, input(1)?, |a, b| a - b),
        "Mul" => elementwise::reals(first, input(1)?, |a, b| a * b),
        "Div" => elementwise::reals(first, input(1)?, |a, b| a / b),
        "Max" => elementwise::reals(first, input(1)?, f64::max),
        "Greater" => elementwise::truths(first, input(1)?, |a, b| a > b),
        "Less" => elementwise::truths(first, input(1)?, |a, b| a < b),
        "Equal" => elementwise::equal(first, input(1)?),
        "Where" => elementwise::choose(first, input(1)?, input(2)?),
        "Clip" => {
            let raised = elementwise::reals(first, input(1)?, f64::max)?;
            elementwise::reals(&raised, input(2)?, f64::min)
        }
        "ReduceSum" => along::sum(node, first, input(1)?),
        "ReduceMax" => along::max(node, first, input(1)?),
        "Softmax" => along::softmax(first),
        "ArgMax" => along::argmax(first),
        "Squeeze" => along::squeeze(first, input(1)?),
        "Gather" => along::gather(node, first, input(1)?),
        "Concat" => along::concat(node, inputs),
        "MatMul" => along::product(first, input(1)?),
        "Shape" => {
            let dims: Vec<i64> = first.dims.iter().map(|dim| *dim as i64).collect();
            Tensor::new(vec![dims.len()], Values::Whole(dims))
        }
        "Expand" => along::expand(first, input(1)?),
        _ => Err(OnnxError("it has an operator that is not known here")),
    }
}
