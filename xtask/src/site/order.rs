//! The order of a program's functions.
//! In: a wasm file. Out: the same program with alike functions side by side. gzip looks back 32 KB only, so it
//! finds in a neighbour what it would not find a megabyte away: about a twelfth of the compressed file.
//! Never: another program. Bodies change in nothing but the numbers of the functions they name; names and what else
//! no browser reads are left out.

use anyhow::{Context, Result};
use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::Range;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// Names the way the order is found; another way has another name.
pub const METHOD: &str = "by likeness, 2";
/// Bytes in a row that two functions must have in common to count as alike in one place.
const SHINGLE_BYTES: usize = 8;
/// How far gzip looks back.
const WINDOW_BYTES: usize = 32 * 1024;
/// What more functions than this have in common is found in any window, and tells none from another.
const MAX_SHARED_BY: usize = 400;
/// Added to a body's length before its score is a share, so that no chance match of a tiny one wins.
const LENGTH_OFFSET: usize = 200;

/// The program with its functions in the order that compresses well; the same for the same program, always.
///
/// # Errors
/// When this is no wasm file, or not one of a kind that rustc writes.
pub fn by_likeness(wasm: &[u8]) -> Result<Vec<u8>> {
    let (n_imported, ranges) = functions(wasm).context("this is no wasm file")?;
    let bodies: Vec<&[u8]> = ranges.into_iter().map(|range| &wasm[range]).collect();
    let order = Chain::of(&bodies).order();
    let mut new_index = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        new_index[old] = u32::try_from(new).context("a program has fewer functions than that")?;
    }
    let mut module = Module::new();
    let mut renumbering = Renumbering { n_imported, order, new_index };
    renumbering
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .context("the functions of this program cannot be put in another order")?;
    Ok(module.finish())
}

/// How many functions come from outside, which take the first numbers, and where the body of each other lies.
fn functions(wasm: &[u8]) -> Result<(u32, Vec<Range<usize>>)> {
    let mut n_imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    n_imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range()),
            _ => {}
        }
    }
    Ok((n_imported, bodies))
}

/// Which functions share which runs of bytes, and how much of each lies in the window so far.
struct Chain {
    lengths: Vec<usize>,
    /// The runs of each function that others share, every run once.
    runs_of: Vec<Vec<usize>>,
    /// The functions that hold a run.
    holders: Vec<Vec<usize>>,
    /// How many functions in the window hold a run.
    in_window: Vec<u32>,
    /// How many of a function's runs lie in the window.
    scores: Vec<usize>,
}

impl Chain {
    fn of(bodies: &[&[u8]]) -> Self {
        let mut numbers: HashMap<&[u8], usize> = HashMap::new();
        let mut holders: Vec<Vec<usize>> = Vec::new();
        for (function, body) in bodies.iter().enumerate() {
            for run in body.windows(SHINGLE_BYTES) {
                let number = *numbers.entry(run).or_insert_with(|| {
                    holders.push(Vec::new());
                    holders.len() - 1
                });
                if holders[number].last() != Some(&function) {
                    holders[number].push(function);
                }
            }
        }
        let mut runs_of = vec![Vec::new(); bodies.len()];
        for (number, holders) in holders.iter().enumerate() {
            if (2..=MAX_SHARED_BY).contains(&holders.len()) {
                holders.iter().for_each(|&function| runs_of[function].push(number));
            }
        }
        Self {
            lengths: bodies.iter().map(|body| body.len()).collect(),
            in_window: vec![0; holders.len()],
            scores: vec![0; bodies.len()],
            runs_of,
            holders,
        }
    }

    /// Begins with the longest, and goes on with the one that finds the largest share of itself in the window.
    fn order(mut self) -> Vec<usize> {
        let mut left: Vec<usize> = (0..self.lengths.len()).collect();
        let mut order = Vec::with_capacity(left.len());
        let mut oldest = 0;
        let mut window_bytes = 0;
        while let Some(place) = self.best(&left) {
            let function = left.remove(place);
            order.push(function);
            self.enter(function);
            window_bytes += self.lengths[function];
            while window_bytes > WINDOW_BYTES && oldest + 1 < order.len() {
                self.leave(order[oldest]);
                window_bytes -= self.lengths[order[oldest]];
                oldest += 1;
            }
        }
        order
    }

    /// The place in `left` of the function to go on with: of equal ones the first; where nothing is alike, the
    /// longest.
    fn best(&self, left: &[usize]) -> Option<usize> {
        let longest = || (0..left.len()).rev().max_by_key(|&place| self.lengths[left[place]]);
        // a / b > c / d as a · d > c · b: no rounding.
        let is_better = |one: usize, other: usize| {
            self.scores[one] * (self.lengths[other] + LENGTH_OFFSET)
                > self.scores[other] * (self.lengths[one] + LENGTH_OFFSET)
        };
        let first = (!left.is_empty()).then_some(0)?;
        let best = (1..left.len())
            .fold(first, |best, place| if is_better(left[place], left[best]) { place } else { best });
        if self.scores[left[best]] == 0 { longest() } else { Some(best) }
    }

    fn enter(&mut self, function: usize) {
        for &run in &self.runs_of[function] {
            self.in_window[run] += 1;
            if self.in_window[run] == 1 {
                self.holders[run].iter().for_each(|&holder| self.scores[holder] += 1);
            }
        }
    }

    fn leave(&mut self, function: usize) {
        for &run in &self.runs_of[function] {
            self.in_window[run] -= 1;
            if self.in_window[run] == 0 {
                self.holders[run].iter().for_each(|&holder| self.scores[holder] -= 1);
            }
        }
    }
}

/// Writes a program again with its functions in another order.
struct Renumbering {
    n_imported: u32,
    /// The old place of each function, in the new order.
    order: Vec<usize>,
    /// The new place of each, in the old order.
    new_index: Vec<u32>,
}

type Written = Result<(), Error<Infallible>>;

impl Reencode for Renumbering {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let Some(own) = function.checked_sub(self.n_imported) else { return Ok(function) };
        // A number that no function has is left as it is; the browser refuses such a file.
        Ok(self.new_index.get(own as usize).map_or(function, |new| self.n_imported + new))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Written {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        self.order.iter().filter_map(|&old| types.get(old)).for_each(|&kind| {
            functions.function(kind);
        });
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Written {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for place in 0..self.order.len() {
            self.parse_function_body(code, bodies[self.order[place]].clone())?;
        }
        Ok(())
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: wasmparser::CustomSectionReader<'_>) -> Written {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
