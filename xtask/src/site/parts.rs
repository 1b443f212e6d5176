//! The program in two parts: what the first screen and the first training need, and what comes later.
//! In: a wasm file, and which of its functions come later. Out: two files with one memory and one table. The first runs
//! alone; a call from it to what came not yet goes through a stub, which has the page's script fetch the second.
//! Never: another program. Each function is in one of the two, with the body it had, and each constant that is read.

use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemoryType, Module,
    StartSection, TableSection, TableType, TypeSection, ValType,
};
use wasmparser::{
    CodeSectionReader, DataSectionReader, ExportSectionReader, FunctionSectionReader, GlobalSectionReader,
    ImportSectionReader, Parser, Payload, TableSectionReader, TypeSectionReader,
};

use super::glue;

mod program;
pub mod later;
mod linked;
pub mod data;
mod segments;
mod numbers;

pub use linked::Linked;
use numbers::Numbers;
use program::Program;
use segments::Segments;

/// What the first part calls to have the second fetched: a function of the page's script.
pub const FETCH: &str = "later";
/// Where the second part's imports come from: the exports of the first.
const FIRST: &str = "first";
/// Whether the second part is there.
const IS_THERE: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

type Written = Result<(), Error<Infallible>>;

/// The two files.
#[derive(Debug)]
pub struct Parts {
    /// Runs alone.
    pub first: Vec<u8>,
    /// Lays its functions into the table of the first.
    pub later: Vec<u8>,
}

/// Parts a program; `is_later` names functions by their numbers. Those that the browser calls by name, and those whose
/// address is taken by an instruction, stay in the first part all the same. What `linked` says that only later functions
/// read lies in the second part.
///
/// # Errors
/// When this is no wasm file, or not one of a kind that rustc and wasm-bindgen write.
pub fn split(wasm: &[u8], is_later: &BTreeSet<u32>, linked: &Linked) -> Result<Parts> {
    let program = Program::read(wasm)?;
    let plan = Plan::of(&program, is_later)?;
    let ranges = data::later_ranges(linked, &program, &plan.later.iter().copied().collect())?;
    let segments = Segments::parted(wasm, &ranges)?;
    let mut module = Module::new();
    First { program: &program, plan: &plan, segments: &segments }
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .context("the first part of this program cannot be written")?;
    let later = Later { program: &program, plan: &plan, segments: &segments }.write(wasm)?;
    Ok(Parts { first: module.finish(), later })
}

/// Who lies where.
struct Plan {
    /// The functions of the second part, in their old order.
    later: Vec<u32>,
    /// The new number of every function in the first part; of a later one the number of its stub.
    in_first: BTreeMap<u32, u32>,
    /// What is kept of the program's own functions, in their old order.
    kept: Vec<u32>,
    /// Later functions that the first part calls or keeps in its table: each has a stub there, and a place in the table.
    stubs: Vec<(u32, u32)>,
    /// How many places the table needs beyond those it has.
    n_new_slots: u32,
    /// The number of the function that a stub asks first, in the first part.
    ask: u32,
    /// What the second part takes from the first, under the name that is its place in this list.
    shared: Vec<Shared>,
}

/// What both parts use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shared {
    Memory,
    Table(u32),
    /// By its number in the program; the one past the last says whether the second part is there.
    Global(u32),
    /// By its number in the program.
    Function(u32),
}

impl Plan {
    fn of(program: &Program, is_later: &BTreeSet<u32>) -> Result<Self> {
        let own = || program.n_imported..program.n_functions();
        let (later, kept): (Vec<u32>, Vec<u32>) =
            own().partition(|function| is_later.contains(function) && !program.pinned.contains(function));
        let is_later: BTreeSet<u32> = later.iter().copied().collect();
        let mut stubbed: BTreeSet<u32> = program.slots.iter().map(|&(_, function)| function).collect();
        stubbed.extend(kept.iter().flat_map(|&function| program.callees(function)));
        stubbed.retain(|function| is_later.contains(function));
        let mut slots: BTreeMap<u32, u32> =
            program.slots.iter().rev().map(|&(slot, function)| (function, slot)).collect();
        let mut n_new_slots = 0;
        let stubs: Vec<(u32, u32)> = stubbed
            .iter()
            .map(|&function| {
                let next = program.n_slots + n_new_slots;
                let slot = *slots.entry(function).or_insert(next);
                n_new_slots += u32::from(slot == next);
                (function, slot)
            })
            .collect();
        // The import that fetches stands after the program's own.
        let n_outer = program.n_imported + 1;
        let mut in_first: BTreeMap<u32, u32> = (0..program.n_imported).map(|outer| (outer, outer)).collect();
        let inner = kept.iter().copied().chain(stubs.iter().map(|&(function, _)| function));
        in_first.extend((n_outer..).zip(inner).map(|(new, old)| (old, new)));
        let ask = n_outer + u32::try_from(kept.len() + stubs.len())?;
        let mut plan = Self { later, in_first, kept, stubs, n_new_slots, ask, shared: Vec::new() };
        plan.shared = plan.shared_with(program, &is_later);
        Ok(plan)
    }

    fn shared_with(&self, program: &Program, is_later: &BTreeSet<u32>) -> Vec<Shared> {
        let mut shared = BTreeSet::from([Shared::Memory, Shared::Global(program.n_globals())]);
        shared.extend((0..program.n_tables()).map(Shared::Table));
        for &function in &self.later {
            shared.extend(program.globals_used(function).map(Shared::Global));
            let callees = program.callees(function).filter(|callee| !is_later.contains(callee));
            shared.extend(callees.map(Shared::Function));
        }
        shared.into_iter().collect()
    }
}

/// Writes the first part.
struct First<'p> {
    program: &'p Program<'p>,
    plan: &'p Plan,
    segments: &'p Segments,
}

impl First<'_> {
    /// `local.get` for each argument, and the call through the table, once the second part is there.
    fn stub(&self, function: u32, slot: u32) -> Function {
        let mut stub = Function::new([]);
        stub.instruction(&Instruction::Call(self.plan.ask));
        (0..self.program.n_arguments(function)).for_each(|argument| {
            stub.instruction(&Instruction::LocalGet(argument));
        });
        stub.instruction(&Instruction::I32Const(slot.cast_signed()));
        let type_index = self.program.type_of(function);
        stub.instruction(&Instruction::CallIndirect { type_index, table_index: 0 });
        stub.instruction(&Instruction::End);
        stub
    }

    /// Has the second part fetched unless it is there.
    fn ask(&self) -> Function {
        let mut ask = Function::new([]);
        ask.instruction(&Instruction::GlobalGet(self.program.n_globals()));
        ask.instruction(&Instruction::I32Eqz);
        ask.instruction(&Instruction::If(wasm_encoder::BlockType::Empty));
        ask.instruction(&Instruction::Call(self.program.n_imported));
        ask.instruction(&Instruction::End);
        ask.instruction(&Instruction::End);
        ask
    }
}

impl Reencode for First<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.plan.in_first.get(&function).copied().unwrap_or(function))
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Written {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Written {
        utils::parse_import_section(self, imports, section)?;
        imports.import(glue::MODULE, FETCH, EntityType::Function(self.program.n_types()));
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Written {
        let stubbed = self.plan.stubs.iter().map(|(function, _)| function);
        self.plan.kept.iter().chain(stubbed).for_each(|&function| {
            functions.function(self.program.type_of(function));
        });
        functions.function(self.program.n_types());
        Ok(())
    }

    fn parse_table_section(&mut self, tables: &mut TableSection, _: TableSectionReader<'_>) -> Written {
        for table in self.program.tables(self.plan.n_new_slots) {
            tables.table(table);
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Written {
        utils::parse_global_section(self, globals, section)?;
        globals.global(IS_THERE, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Written {
        utils::parse_export_section(self, exports, section)?;
        for (name, shared) in self.plan.shared.iter().enumerate() {
            let (kind, number) = match *shared {
                Shared::Memory => (ExportKind::Memory, 0),
                Shared::Table(table) => (ExportKind::Table, table),
                Shared::Global(global) => (ExportKind::Global, global),
                Shared::Function(function) => (ExportKind::Func, self.function_index(function)?),
            };
            exports.export(&name.to_string(), kind, number);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, _: CodeSectionReader<'_>) -> Written {
        for &function in &self.plan.kept {
            self.parse_function_body(code, self.program.body(function))?;
        }
        for &(function, slot) in &self.plan.stubs {
            code.function(&self.stub(function, slot));
        }
        code.function(&self.ask());
        Ok(())
    }

    fn parse_data_section(&mut self, data: &mut DataSection, _: DataSectionReader<'_>) -> Written {
        *data = Segments::written(&self.segments.first);
        Ok(())
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: wasmparser::CustomSectionReader<'_>) -> Written {
        Ok(())
    }
}

/// Writes the second part.
struct Later<'p> {
    program: &'p Program<'p>,
    plan: &'p Plan,
    segments: &'p Segments,
}

impl Later<'_> {
    fn write(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        let mut numbers = Numbers::of(self.plan);
        let mut types = TypeSection::new();
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::TypeSection(section) = payload? {
                numbers.parse_type_section(&mut types, section).context("the types")?;
            }
        }
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        for &function in &self.plan.later {
            functions.function(self.program.type_of(function));
            let body = self.program.body(function);
            numbers.parse_function_body(&mut code, body).context("a function of the second part")?;
        }
        let start = numbers.n_imported + u32::try_from(self.plan.later.len())?;
        functions.function(self.program.n_types());
        let mut is_there = Function::new([]);
        is_there.instruction(&Instruction::I32Const(1));
        is_there.instruction(&Instruction::GlobalSet(numbers.globals[&self.program.n_globals()]));
        is_there.instruction(&Instruction::End);
        code.function(&is_there);
        let mut module = Module::new();
        module.section(&types).section(&self.imports()?).section(&functions);
        module.section(&StartSection { function_index: start });
        module.section(&self.elements(&numbers)).section(&code);
        module.section(&Segments::written(&self.segments.later));
        Ok(module.finish())
    }

    fn imports(&self) -> Result<ImportSection> {
        let mut imports = ImportSection::new();
        for (name, shared) in self.plan.shared.iter().enumerate() {
            let kind = match *shared {
                Shared::Memory => EntityType::Memory(MemoryType {
                    minimum: 0,
                    maximum: None,
                    memory64: false,
                    shared: false,
                    page_size_log2: None,
                }),
                Shared::Table(table) => {
                    let tables: Vec<TableType> = self.program.tables(self.plan.n_new_slots).collect();
                    EntityType::Table(tables[table as usize])
                }
                Shared::Global(global) => EntityType::Global(self.program.global(global).unwrap_or(IS_THERE)),
                Shared::Function(function) => EntityType::Function(self.program.type_of(function)),
            };
            imports.import(FIRST, &name.to_string(), kind);
        }
        Ok(imports)
    }

    /// The second part's functions at their places in the table, one run after another.
    fn elements(&self, numbers: &Numbers) -> ElementSection {
        let mut places: BTreeMap<u32, u32> = BTreeMap::new();
        let in_table = self.program.slots.iter().map(|&(slot, function)| (function, slot));
        for (function, slot) in in_table.chain(self.plan.stubs.iter().copied()) {
            if let Some(&number) =
                numbers.functions.get(&function).filter(|&&number| number >= numbers.n_imported)
            {
                places.insert(slot, number);
            }
        }
        let mut elements = ElementSection::new();
        let mut run: Option<(u32, Vec<u32>)> = None;
        let mut close = |(start, run): (u32, Vec<u32>)| {
            elements.active(
                None,
                &ConstExpr::i32_const(start.cast_signed()),
                Elements::Functions(run.as_slice().into()),
            );
        };
        for (slot, function) in places {
            match &mut run {
                Some((start, run)) if *start as usize + run.len() == slot as usize => run.push(function),
                _ => {
                    if let Some(run) = run.replace((slot, vec![function])) {
                        close(run);
                    }
                }
            }
        }
        run.map(close);
        elements
    }
}

/// Refuses a program with features that parting it would have to know about.
fn check_form(is_known: bool, what: &str) -> Result<()> {
    ensure!(is_known, "this program has {what}, which parting it does not know");
    Ok(())
}

#[cfg(test)]
mod tests;
