//! What lies in the memory of each part when it begins.
//! In: a program, and ranges of addresses that come later. Out: stretches of bytes for each part.
//! Never: a byte in both parts; in the first, zeros stand where the second will lay its own.

use anyhow::{Result, bail};
use std::ops::Range;

use wasm_encoder::{ConstExpr, DataSection};
use wasmparser::{DataKind, Operator, Parser, Payload};

/// Bytes from an address on.
type Stretch = (u32, Vec<u8>);

/// The bytes of both parts.
#[derive(Debug, Default)]
pub struct Segments {
    /// The program's segments, zeros in them.
    pub first: Vec<Stretch>,
    /// What those zeros stand for.
    pub later: Vec<Stretch>,
}

impl Segments {
    /// Parts what a program lays into its memory.
    ///
    /// # Errors
    /// When it lays something at a place that is no number.
    pub fn parted(wasm: &[u8], ranges: &[Range<u32>]) -> Result<Self> {
        let mut parted = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            let Payload::DataSection(section) = payload? else { continue };
            for data in section {
                let data = data?;
                let DataKind::Active { memory_index: 0, offset_expr } = data.kind else {
                    bail!(
                        "this program has data that waits for an instruction, which parting it does not know"
                    );
                };
                let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
                    bail!("this program has data at a place that is not a number");
                };
                parted.part(value.cast_unsigned(), data.data.to_vec(), ranges);
            }
        }
        Ok(parted)
    }

    fn part(&mut self, start: u32, mut bytes: Vec<u8>, ranges: &[Range<u32>]) {
        let end = start + bytes.len() as u32;
        for range in ranges {
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                let place = (from - start) as usize..(to - start) as usize;
                self.later.push((from, bytes[place.clone()].to_vec()));
                bytes[place].fill(0);
            }
        }
        self.first.push((start, bytes));
    }

    /// Stretches as a section.
    pub fn written(stretches: &[Stretch]) -> DataSection {
        let mut section = DataSection::new();
        for (address, bytes) in stretches {
            section.active(0, &ConstExpr::i32_const(address.cast_signed()), bytes.iter().copied());
        }
        section
    }
}
