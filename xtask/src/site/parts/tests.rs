//! A small program parted: both files are valid, and what lies in the table and who calls whom is what it was.

use super::*;
use wasm_encoder::{DataSection, MemorySection, NameMap, NameSection, RefType};
use wasmparser::{ElementItems, Operator, Validator};

/// Numbers of the program's functions: one comes from outside.
const MAIN: u32 = 1;
pub const PAGE: u32 = 2;
pub const SHARED: u32 = 3;
const INNER: u32 = 4;
const DIRECT: u32 = 5;

/// `main` is exported and calls `shared` and `direct`; `page` lies in the table twice and calls `shared`, `inner` and
/// the outer function.
pub fn program() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I64, ValType::F64], [ValType::I32]);
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import(glue::MODULE, "a", EntityType::Function(1));
    let mut functions = FunctionSection::new();
    [1, 0, 1, 1, 0].into_iter().for_each(|kind| {
        functions.function(kind);
    });
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 4,
        maximum: Some(4),
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    globals.global(IS_THERE, &ConstExpr::i32_const(7)).global(IS_THERE, &ConstExpr::i32_const(8));
    let mut exports = ExportSection::new();
    exports.export("b", ExportKind::Func, MAIN).export("m", ExportKind::Memory, 0);
    let mut elements = ElementSection::new();
    let in_table = [PAGE, SHARED, PAGE];
    elements.active(None, &ConstExpr::i32_const(1), Elements::Functions(in_table.as_slice().into()));
    let two = [Instruction::I64Const(1), Instruction::F64Const(2.0.into())];
    let mut code = CodeSection::new();
    // Long enough not to be one of those that stay for being small.
    let mut add = |instructions: &[Instruction]| {
        let mut function = Function::new([]);
        (0..later::MIN_BYTES).for_each(|_| {
            function.instruction(&Instruction::Nop);
        });
        instructions.iter().for_each(|instruction| {
            function.instruction(instruction);
        });
        function.instruction(&Instruction::End);
        code.function(&function);
    };
    add(&[
        Instruction::Call(SHARED),
        two[0].clone(),
        two[1].clone(),
        Instruction::Call(DIRECT),
        Instruction::Drop,
    ]);
    add(&[
        Instruction::Call(SHARED),
        Instruction::Call(INNER),
        Instruction::Call(0),
        Instruction::GlobalGet(1),
    ]);
    add(&[]);
    add(&[Instruction::Nop]);
    add(&[Instruction::I32Const(5)]);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(1024), *b"words");
    let mut named = NameMap::new();
    for (function, name) in [
        (PAGE, "reviewlab[1f]::pages::runs::RunsPage"),
        (SHARED, "alloc::vec::grow"),
        (INNER, "core::fmt::write"),
        (DIRECT, "<track::filter::Filter>::new"),
    ] {
        named.append(function, name);
    }
    let mut names = NameSection::new();
    names.functions(&named);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&tables).section(&memories);
    module
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&code)
        .section(&data)
        .section(&names);
    module.finish()
}

fn parted() -> Parts {
    let program = program();
    split(&program, &later::functions(&program).expect("it has names"), &Linked::default())
        .expect("a program")
}

/// What a file puts into the table, as places and functions.
fn table(wasm: &[u8]) -> BTreeMap<u32, u32> {
    Program::read(wasm).map_or_else(|_| later_table(wasm), |program| program.slots.into_iter().collect())
}

fn later_table(wasm: &[u8]) -> BTreeMap<u32, u32> {
    let mut places = BTreeMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::ElementSection(section) = payload.expect("a section") else { continue };
        for element in section {
            let element = element.expect("an element");
            let wasmparser::ElementKind::Active { offset_expr, .. } = element.kind else {
                panic!("an active one")
            };
            let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read() else {
                panic!("a place")
            };
            let ElementItems::Functions(items) = element.items else { panic!("functions") };
            places
                .extend((value.cast_unsigned()..).zip(items.into_iter().map(|item| item.expect("a number"))));
        }
    }
    places
}

#[test]
fn what_only_later_functions_call_comes_later_with_them() {
    let later = later::functions(&program()).expect("it has names");
    assert_eq!(later, BTreeSet::from([PAGE, INNER, DIRECT]), "what others call, too, stays");
}

#[test]
fn both_parts_are_valid() {
    let parts = parted();
    for part in [&parts.first, &parts.later] {
        Validator::new().validate_all(part).expect("it is valid");
    }
}

#[test]
fn the_first_part_has_a_stub_at_every_place_of_a_later_function() {
    let first = parted().first;
    let program = Program::read(&first).expect("a program");
    let slots: BTreeMap<u32, u32> = program.slots.iter().copied().collect();
    // The outer one, the one that fetches, main, shared; then the stubs of page and direct, and what they ask first.
    assert_eq!(slots, BTreeMap::from([(1, 4), (2, 3), (3, 4)]));
    assert_eq!(program.callees(2).collect::<Vec<_>>(), [3, 5], "main calls what stays, and a stub");
    assert_eq!(program.callees(4).collect::<Vec<_>>(), [6], "a stub asks");
    assert_eq!(program.callees(6).collect::<Vec<_>>(), [1], "and what it asks fetches");
    assert_eq!(program.n_arguments(5), 2);
}

#[test]
fn the_later_part_takes_its_places_in_the_table() {
    // Memory, table, two globals; the outer function and the one that stays are numbers 0 and 1.
    let places = table(&parted().later);
    assert_eq!(places, BTreeMap::from([(1, 2), (3, 2), (4, 4)]), "page twice, and direct at a new place");
}

#[test]
fn what_the_browser_calls_by_name_stays() {
    let program = program();
    let parts = split(&program, &BTreeSet::from([MAIN]), &Linked::default()).expect("a program");
    assert_eq!(Program::read(&parts.first).expect("a program").n_functions(), 2 + 5 + 1);
}

#[test]
fn other_programs_are_refused() {
    assert!(split(b"no wasm", &BTreeSet::new(), &Linked::default()).is_err());
    let mut imports = ImportSection::new();
    imports.import("a", "b", EntityType::Global(IS_THERE));
    let mut module = Module::new();
    module.section(&imports);
    let error =
        split(&module.finish(), &BTreeSet::new(), &Linked::default()).expect_err("it imports a global");
    assert!(error.to_string().contains("an import that is no function"), "{error}");
    assert!(later::functions(b"\0asm\x01\0\0\0").is_err(), "it has no names");
}
