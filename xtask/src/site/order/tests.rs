//! Small programs put in order: what they do is compared by the constant that each function holds.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{
    ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, ImportSection,
    Instruction, NameMap, NameSection, RefType, StartSection, TableSection, TableType, TypeSection, ValType,
};
use wasmparser::{ElementItems, ExternalKind, Operator, Validator};

/// Function `n` of the program below: a constant of its own, and calls.
fn function(marker: i64, calls: &[u32], filler: &str) -> Function {
    let mut function = Function::new([]);
    function.instruction(&Instruction::I64Const(marker)).instruction(&Instruction::Drop);
    for letter in filler.bytes() {
        function.instruction(&Instruction::I32Const(letter.into())).instruction(&Instruction::Drop);
    }
    calls.iter().for_each(|&callee| {
        function.instruction(&Instruction::Call(callee));
    });
    function.instruction(&Instruction::RefFunc(3)).instruction(&Instruction::Drop);
    function.instruction(&Instruction::End);
    function
}

/// One import, five functions of two kinds of body in turn, an export, a start, a table and names.
fn program() -> Vec<u8> {
    let [reader, writer] =
        ["what a reader does, at some length", "and how a writer goes about it, word by word"];
    let bodies = [
        function(100, &[0, 2], reader),
        function(101, &[3, 5], writer),
        function(102, &[], reader),
        function(103, &[1], writer),
        function(104, &[4, 0], reader),
    ];
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32], []);
    let mut imports = ImportSection::new();
    imports.import("env", "log", EntityType::Function(0));
    let mut functions = FunctionSection::new();
    bodies.iter().for_each(|_| {
        functions.function(0);
    });
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 3,
        maximum: None,
        shared: false,
    });
    let mut exports = ExportSection::new();
    exports.export("main", ExportKind::Func, 2).export("log", ExportKind::Func, 0);
    let mut elements = ElementSection::new();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions([5, 3, 1].as_slice().into()));
    let mut code = CodeSection::new();
    bodies.iter().for_each(|body| {
        code.function(body);
    });
    let mut names = NameSection::new();
    let mut named = NameMap::new();
    named.append(1, "one");
    names.functions(&named);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&tables).section(&exports);
    module.section(&StartSection { function_index: 4 }).section(&elements).section(&code).section(&names);
    module.finish()
}

/// What a program does, told by the constants of its functions alone.
#[derive(Debug, PartialEq, Eq)]
struct Meaning {
    calls: BTreeMap<i64, Vec<i64>>,
    exports: BTreeSet<(String, i64)>,
    table: Vec<i64>,
    start: Option<i64>,
}

/// Stands for the one imported function.
const IMPORTED: i64 = -1;

fn meaning(wasm: &[u8]) -> Meaning {
    let (_, ranges) = functions(wasm).expect("a program");
    let mut found = vec![(IMPORTED, Vec::new())];
    for range in ranges {
        let body =
            wasmparser::FunctionBody::new(wasmparser::BinaryReader::new(&wasm[range.clone()], range.start));
        let (mut marker, mut calls) = (0, Vec::new());
        for operator in body.get_operators_reader().expect("a body") {
            match operator.expect("an operator") {
                Operator::I64Const { value } => marker = value,
                Operator::Call { function_index } | Operator::RefFunc { function_index } => {
                    calls.push(function_index);
                }
                _ => {}
            }
        }
        found.push((marker, calls));
    }
    let marker = |index: u32| found[index as usize].0;
    let mut meaning =
        Meaning { calls: BTreeMap::new(), exports: BTreeSet::new(), table: Vec::new(), start: None };
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.expect("a section") {
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.expect("an export");
                    assert_eq!(export.kind, ExternalKind::Func);
                    meaning.exports.insert((export.name.to_owned(), marker(export.index)));
                }
            }
            Payload::ElementSection(section) => {
                for element in section {
                    let ElementItems::Functions(items) = element.expect("an element").items else {
                        panic!("a list of functions")
                    };
                    meaning.table.extend(items.into_iter().map(|index| marker(index.expect("an index"))));
                }
            }
            Payload::StartSection { func, .. } => meaning.start = Some(marker(func)),
            _ => {}
        }
    }
    for (own, calls) in &found {
        meaning.calls.insert(*own, calls.iter().map(|&callee| marker(callee)).collect());
    }
    meaning
}

fn order_of(wasm: &[u8]) -> Vec<i64> {
    let (_, ranges) = functions(wasm).expect("a program");
    let bodies: Vec<&[u8]> = ranges.into_iter().map(|range| &wasm[range]).collect();
    // The marker follows the count of locals and the opcode, in two bytes.
    bodies.iter().map(|body| i64::from(body[2] & 0x7f) | (i64::from(body[3] & 0x7f) << 7)).collect()
}

#[test]
fn alike_functions_come_to_stand_side_by_side() {
    let ordered = order_of(&by_likeness(&program()).expect("a program"));
    assert_eq!(ordered.len(), 5);
    let is_reader: Vec<bool> = ordered.iter().map(|marker| marker % 2 == 0).collect();
    assert_eq!(is_reader.windows(2).filter(|pair| pair[0] != pair[1]).count(), 1, "{ordered:?}");
}

#[test]
fn a_program_in_another_order_is_valid_and_means_the_same() {
    let program = program();
    let ordered = by_likeness(&program).expect("a program");
    Validator::new().validate_all(&ordered).expect("it is valid");
    assert_ne!(order_of(&program), order_of(&ordered));
    assert_eq!(meaning(&program), meaning(&ordered));
}

#[test]
fn names_are_left_out_and_the_order_is_the_same_again() {
    let ordered = by_likeness(&program()).expect("a program");
    assert_eq!(ordered, by_likeness(&program()).expect("a program"));
    let is_name = |payload| matches!(payload, Payload::CustomSection(_));
    assert!(Parser::new(0).parse_all(&ordered).all(|payload| !is_name(payload.expect("a section"))));
}

#[test]
fn what_is_no_program_is_refused() {
    assert!(by_likeness(b"no wasm").is_err());
    assert_eq!(by_likeness(b"\0asm\x01\0\0\0").expect("an empty program"), b"\0asm\x01\0\0\0");
}
