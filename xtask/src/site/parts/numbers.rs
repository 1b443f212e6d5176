//! How functions and globals are numbered in the program's second part.
//! In: who lies where. Out: new numbers, those that come from the first part before its own.
//! Never: a number of the first part.

use std::collections::BTreeMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};

use super::{Plan, Shared};

/// The numbers of functions and globals in the second part.
pub(super) struct Numbers {
    /// How many functions come from the first part.
    pub n_imported: u32,
    /// Of functions by their numbers in the program.
    pub functions: BTreeMap<u32, u32>,
    /// Of globals by theirs.
    pub globals: BTreeMap<u32, u32>,
}

impl Numbers {
    /// By what lies where.
    pub fn of(plan: &Plan) -> Self {
        let functions = plan.shared.iter().filter_map(|shared| match *shared {
            Shared::Function(function) => Some(function),
            _ => None,
        });
        let globals = plan.shared.iter().filter_map(|shared| match *shared {
            Shared::Global(global) => Some(global),
            _ => None,
        });
        let n_imported = functions.clone().map(|_| 1).sum();
        Self {
            n_imported,
            globals: globals.zip(0..).collect(),
            functions: functions.chain(plan.later.iter().copied()).zip(0..).collect(),
        }
    }
}

impl Reencode for Numbers {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.functions.get(&function).copied().unwrap_or(function))
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.globals.get(&global).copied().unwrap_or(global))
    }
}
