//! A wasm file as parting it sees it.
//! In: its bytes. Out: which function calls which, uses which global, stands where in the table; names.
//! Never: a guess at what a kind of program it does not know means.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasm_encoder::{GlobalType, TableType};
use wasmparser::{
    CompositeInnerType, ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator,
    Parser, Payload, TypeRef,
};

use super::check_form;

/// What a program is made of. Functions have the numbers of the file: those from outside first.
pub struct Program<'a> {
    /// How many functions come from outside.
    pub n_imported: u32,
    /// Functions that must stay where they are: exported, started, or named by an instruction other than a call.
    pub pinned: BTreeSet<u32>,
    /// The functions in the table, each with its place; a function can have several.
    pub slots: Vec<(u32, u32)>,
    /// The length of the table.
    pub n_slots: u32,
    /// What the functions are called, where the file says so.
    pub names: BTreeMap<u32, String>,
    n_arguments: Vec<u32>,
    types: Vec<u32>,
    tables: Vec<TableType>,
    globals: Vec<GlobalType>,
    own: Vec<Own<'a>>,
}

/// A function of the program's own.
struct Own<'a> {
    body: FunctionBody<'a>,
    callees: BTreeSet<u32>,
    globals: BTreeSet<u32>,
}

impl<'a> Program<'a> {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is no wasm file, or one that imports a memory, a table or a global, or fills its table in other ways
    /// than rustc does.
    pub fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut program = Self {
            n_imported: 0,
            pinned: BTreeSet::new(),
            slots: Vec::new(),
            n_slots: 0,
            names: BTreeMap::new(),
            n_arguments: Vec::new(),
            types: Vec::new(),
            tables: Vec::new(),
            globals: Vec::new(),
            own: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            program.take(payload.context("this is no wasm file")?)?;
        }
        program.n_slots = program.tables.first().map_or(0, |table| table.minimum.try_into().unwrap_or(0));
        Ok(program)
    }

    fn take(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for kind in group?.types() {
                        let CompositeInnerType::Func(kind) = &kind.composite_type.inner else {
                            return check_form(false, "a type that is no function's");
                        };
                        self.n_arguments.push(u32::try_from(kind.params().len())?);
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let TypeRef::Func(kind) = import?.ty else {
                        return check_form(false, "an import that is no function");
                    };
                    self.types.push(kind);
                    self.n_imported += 1;
                }
            }
            Payload::FunctionSection(section) => {
                for kind in section {
                    self.types.push(kind?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(RoundtripReencoder.table_type(table?.ty)?);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(RoundtripReencoder.global_type(global?.ty)?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.pinned.insert(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => {
                self.pinned.insert(func);
            }
            Payload::ElementSection(section) => {
                for element in section {
                    self.take_elements(element?)?;
                }
            }
            Payload::CodeSectionEntry(body) => {
                let own = self.read_body(body)?;
                self.own.push(own);
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    self.take_names(section)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_elements(&mut self, element: wasmparser::Element) -> Result<()> {
        let ElementKind::Active { table_index: None | Some(0), offset_expr } = element.kind else {
            return check_form(false, "functions that lie in no table, or in a second one");
        };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
            return check_form(false, "functions at a place that is not a number");
        };
        let ElementItems::Functions(items) = element.items else {
            return check_form(false, "a table that is filled by expressions");
        };
        for (slot, function) in (value.cast_unsigned()..).zip(items) {
            self.slots.push((slot, function?));
        }
        Ok(())
    }

    fn read_body(&mut self, body: FunctionBody<'a>) -> Result<Own<'a>> {
        let (mut callees, mut globals) = (BTreeSet::new(), BTreeSet::new());
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Call { function_index } => {
                    callees.insert(function_index);
                }
                Operator::RefFunc { function_index } => {
                    self.pinned.insert(function_index);
                }
                Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                    globals.insert(global_index);
                }
                Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
                | Operator::TableInit { .. }
                | Operator::ElemDrop { .. }
                | Operator::ReturnCall { .. } => {
                    check_form(
                        false,
                        "an instruction that names a segment, or a call that does not come back",
                    )?;
                }
                _ => {}
            }
        }
        Ok(Own { body, callees, globals })
    }

    fn take_names(&mut self, section: wasmparser::NameSectionReader) -> Result<()> {
        for part in section {
            if let Name::Function(map) = part? {
                for naming in map {
                    let naming = naming?;
                    self.names.insert(naming.index, naming.name.to_owned());
                }
            }
        }
        Ok(())
    }

    /// How many functions there are, those from outside among them.
    pub fn n_functions(&self) -> u32 {
        self.types.len() as u32
    }

    /// How many types the file has.
    pub fn n_types(&self) -> u32 {
        self.n_arguments.len() as u32
    }

    /// How many tables.
    pub fn n_tables(&self) -> u32 {
        self.tables.len() as u32
    }

    /// How many globals.
    pub fn n_globals(&self) -> u32 {
        self.globals.len() as u32
    }

    /// The type of a function.
    pub fn type_of(&self, function: u32) -> u32 {
        self.types[function as usize]
    }

    /// How many arguments a function takes.
    pub fn n_arguments(&self, function: u32) -> u32 {
        self.n_arguments[self.type_of(function) as usize]
    }

    /// The type of a global; none beyond the last.
    pub fn global(&self, global: u32) -> Option<GlobalType> {
        self.globals.get(global as usize).copied()
    }

    /// The tables, the first with room for `n_more` functions.
    pub fn tables(&self, n_more: u32) -> impl Iterator<Item = TableType> + use<'_> {
        self.tables.iter().enumerate().map(move |(number, table)| {
            let n_more = if number == 0 { u64::from(n_more) } else { 0 };
            let maximum = table.maximum.map(|maximum| maximum + n_more);
            TableType { minimum: table.minimum + n_more, maximum, ..*table }
        })
    }

    fn own(&self, function: u32) -> Option<&Own<'a>> {
        self.own.get(function.checked_sub(self.n_imported)? as usize)
    }

    /// The body of a function of the program's own.
    pub fn body(&self, function: u32) -> FunctionBody<'a> {
        self.own(function).map(|own| own.body.clone()).expect("only own functions are written")
    }

    /// What a function calls by number; nothing for one from outside.
    pub fn callees(&self, function: u32) -> impl Iterator<Item = u32> + use<'_> {
        self.own(function).into_iter().flat_map(|own| own.callees.iter().copied())
    }

    /// The globals that a function reads or sets.
    pub fn globals_used(&self, function: u32) -> impl Iterator<Item = u32> + use<'_> {
        self.own(function).into_iter().flat_map(|own| own.globals.iter().copied())
    }
}
