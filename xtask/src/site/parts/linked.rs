//! A program as the linker left it: which function and which constant names the address of which constant.
//! In: the file that the linker wrote with its relocations. Out: constants with their addresses, and who refers to whom.
//! Never: a guess from a number that looks like an address: what LLVM folds into an address may point beside a constant.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasmparser::{
    DataKind, KnownCustom, Linking, Operator, Parser, Payload, RelocSectionReader, RelocationType, SymbolInfo,
};

use super::program::Program;

/// What the linker says of the program's constants. Nothing where it was not asked to.
#[derive(Debug, Default)]
pub struct Linked {
    /// Where each constant lies.
    pub constants: Vec<Range<u32>>,
    /// By constant: those whose addresses it holds.
    pub held_by: BTreeMap<usize, BTreeSet<usize>>,
    /// By function: the constants whose addresses it names.
    pub named_by: BTreeMap<u32, BTreeSet<usize>>,
    /// By function, the names that the tools after the linker give them.
    pub names: BTreeMap<u32, String>,
    /// By function, those that call it.
    pub callers: BTreeMap<u32, BTreeSet<u32>>,
    /// Functions that are reached in other ways than by calls.
    pub pinned: BTreeSet<u32>,
}

/// Where the bytes of the two sections lie that relocations count in.
#[derive(Default)]
struct Places {
    /// Where the section of code begins in the file, and its number among sections.
    code: (usize, u32),
    /// The same of the section of data.
    data: (usize, u32),
    /// Where each function's body lies in the file.
    bodies: Vec<Range<usize>>,
    /// Where each segment's bytes lie in the file, and from which address on in memory.
    segments: Vec<(Range<usize>, u32)>,
}

/// A relocation: where in the file, and which symbol's address stands there.
struct Place {
    at: usize,
    symbol: u32,
}

impl Linked {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is no wasm file of the kind that rustc's linker writes.
    pub fn read(wasm: &[u8]) -> Result<Self> {
        let mut places = Places::default();
        let mut symbols: Vec<Option<Range<u32>>> = Vec::new();
        let mut relocations: Vec<RelocSectionReader<'_>> = Vec::new();
        let mut n_sections = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.context("this is no wasm file")?;
            let is_section = payload.as_section().is_some();
            match payload {
                Payload::CodeSectionStart { range, .. } => places.code = (range.start, n_sections),
                Payload::CodeSectionEntry(body) => {
                    places.bodies.push(body.range());
                    // Bodies are part of one section.
                    continue;
                }
                Payload::DataSection(section) => {
                    places.data = (section.range().start, n_sections);
                    for data in section {
                        let data = data?;
                        let DataKind::Active { offset_expr, .. } = data.kind else { continue };
                        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
                            continue;
                        };
                        let bytes = data.range.end - data.data.len()..data.range.end;
                        places.segments.push((bytes, value.cast_unsigned()));
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(section) => {
                        for part in section.subsections() {
                            let Linking::SymbolTable(table) = part? else { continue };
                            for symbol in table {
                                symbols.push(range_of(&symbol?, &places));
                            }
                        }
                    }
                    KnownCustom::Reloc(section) => relocations.push(section),
                    _ => {}
                },
                _ => {}
            }
            n_sections += u32::from(is_section);
        }
        let program = Program::read(wasm)?;
        let mut linked = Self::of_functions(&program);
        // Numbers of constants by those of symbols.
        let numbers: Vec<Option<usize>> = symbols
            .into_iter()
            .map(|symbol| {
                let range = symbol.filter(|range| !range.is_empty())?;
                linked.constants.push(range);
                Some(linked.constants.len() - 1)
            })
            .collect();
        for section in relocations {
            linked.take(&section, &places, &numbers, program.n_imported)?;
        }
        Ok(linked)
    }

    fn of_functions(program: &Program) -> Self {
        let demangled = |(&function, name): (&u32, &String)| {
            let plain = rustc_demangle::try_demangle(name).map(|name| name.to_string());
            (function, plain.unwrap_or_else(|_| name.clone()))
        };
        let mut callers: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for caller in program.n_imported..program.n_functions() {
            program.callees(caller).for_each(|callee| {
                callers.entry(callee).or_default().insert(caller);
            });
        }
        let in_table = program.slots.iter().map(|&(_, function)| function);
        Self {
            names: program.names.iter().map(demangled).collect(),
            callers,
            pinned: program.pinned.iter().copied().chain(in_table).collect(),
            ..Self::default()
        }
    }

    fn take(
        &mut self,
        section: &RelocSectionReader<'_>,
        places: &Places,
        numbers: &[Option<usize>],
        n_imported: u32,
    ) -> Result<()> {
        let of = section.section_index();
        let is_code = of == places.code.1;
        let start = if is_code { places.code.0 } else { places.data.0 };
        if !is_code && of != places.data.1 {
            return Ok(());
        }
        let mut by_address: Vec<usize> = (0..self.constants.len()).collect();
        by_address.sort_by_key(|&constant| self.constants[constant].start);
        for entry in section.entries() {
            let entry = entry?;
            if !is_address(entry.ty) {
                continue;
            }
            let place = Place { at: start + entry.offset as usize, symbol: entry.index };
            let Some(constant) = numbers.get(place.symbol as usize).copied().flatten() else { continue };
            if is_code {
                let function = places.bodies.partition_point(|body| body.end <= place.at);
                let function = n_imported + u32::try_from(function)?;
                self.named_by.entry(function).or_default().insert(constant);
            } else {
                let segment = places.segments.iter().find(|(bytes, _)| bytes.contains(&place.at));
                let (bytes, address) = segment.context("a relocation lies in no segment")?;
                let address = address + u32::try_from(place.at - bytes.start)?;
                for holder in self.around(&by_address, address) {
                    self.held_by.entry(holder).or_default().insert(constant);
                }
            }
        }
        Ok(())
    }

    /// The constants that an address lies in.
    fn around(&self, by_address: &[usize], address: u32) -> Vec<usize> {
        let end = by_address.partition_point(|&constant| self.constants[constant].start <= address);
        // Constants that lie in one another are few, and begin side by side.
        let near = by_address[..end].iter().rev().take(MAX_NESTED).copied();
        near.filter(|&constant| self.constants[constant].contains(&address)).collect()
    }
}

/// How many constants may begin at or before an address that still hold it.
const MAX_NESTED: usize = 16;

fn range_of(symbol: &SymbolInfo<'_>, places: &Places) -> Option<Range<u32>> {
    let SymbolInfo::Data { symbol: Some(defined), .. } = symbol else { return None };
    let (_, address) = places.segments.get(defined.index as usize)?;
    let start = address + defined.offset;
    Some(start..start + defined.size)
}

/// Whether a relocation is of an address of data.
fn is_address(kind: RelocationType) -> bool {
    matches!(
        kind,
        RelocationType::MemoryAddrLeb | RelocationType::MemoryAddrSleb | RelocationType::MemoryAddrI32
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, ConstExpr, CustomSection, DataSection, DataSymbolDefinition, Encode as _, Function,
        FunctionSection, Instruction, LinkingSection, MemorySection, MemoryType, Module, NameMap,
        NameSection, SymbolTable, TypeSection,
    };

    const LEB: u8 = RelocationType::MemoryAddrSleb as u8;
    const WORD: u8 = RelocationType::MemoryAddrI32 as u8;

    /// A section of relocations: the number of the section they are in, and each one's kind, place and symbol.
    fn relocations(section: u32, entries: &[(u8, u32, u32)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        section.encode(&mut bytes);
        (entries.len() as u32).encode(&mut bytes);
        for &(kind, place, symbol) in entries {
            bytes.push(kind);
            place.encode(&mut bytes);
            symbol.encode(&mut bytes);
            0_u32.encode(&mut bytes);
        }
        bytes
    }

    #[test]
    fn who_refers_to_which_constant_is_read() {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        functions.function(0).function(0);
        let mut memories = MemorySection::new();
        let plain =
            MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
        memories.memory(plain);
        let mut code = CodeSection::new();
        for address in [1024, 1032] {
            let mut function = Function::new([]);
            function.instruction(&Instruction::I32Const(address)).instruction(&Instruction::Drop);
            code.function(function.instruction(&Instruction::End));
        }
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(1024), [0; 16]);
        let mut symbols = SymbolTable::new();
        for offset in [0, 8] {
            symbols.data(0, "constant", Some(DataSymbolDefinition { index: 0, offset, size: 8 }));
        }
        let mut linking = LinkingSection::new();
        linking.symbol_table(&symbols);
        let mut named = NameMap::new();
        named.append(0, "_ZN4page4textE");
        let mut names = NameSection::new();
        names.functions(&named);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&memories).section(&code).section(&data);
        module.section(&linking);
        // In the code: after the number of bodies, a body's size and its number of locals, and the instruction's own byte.
        let second = 4 + 7;
        for (name, bytes) in [
            ("reloc.CODE", relocations(3, &[(LEB, 4, 0), (LEB, second, 1)])),
            ("reloc.DATA", relocations(4, &[(WORD, 7, 1)])),
        ] {
            module.section(&CustomSection { name: name.into(), data: bytes.into() });
        }
        module.section(&names);
        let linked = Linked::read(&module.finish()).expect("a program");
        assert_eq!(linked.constants, [1024..1032, 1032..1040]);
        assert_eq!(linked.named_by, BTreeMap::from([(0, [0].into()), (1, [1].into())]));
        assert_eq!(linked.held_by, BTreeMap::from([(0, [1].into())]));
        assert_eq!(linked.names[&0], "page::text");
    }
}
