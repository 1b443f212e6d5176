//! What a program and its glue call each other by.
//! In: a wasm file, and short names. Out: the same program under those names, with the exports that are called.
//! Never: an import without a short name: the program and its glue would not fit.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ExportSection, ImportSection, Module};
use wasmparser::{Export, ImportSectionReader, Parser, Payload};

use super::glue::{MODULE, ShortNames};

/// The program under its short names.
///
/// # Errors
/// When this is no wasm file, or it imports what no name is given for.
pub fn rename(wasm: &[u8], names: &ShortNames) -> Result<Vec<u8>> {
    let mut unknown = imported(wasm)?;
    unknown.retain(|name| !names.imports.contains_key(name));
    ensure!(unknown.is_empty(), "the program imports {unknown:?}, which its glue does not hold");
    let mut module = Module::new();
    Renaming(names)
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .context("this program cannot be given other names")?;
    Ok(module.finish())
}

/// The names of what a program imports.
///
/// # Errors
/// When this is no wasm file.
pub fn imported(wasm: &[u8]) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(section) = payload.context("this is no wasm file")? {
            for import in section.into_imports() {
                names.insert(import?.name.to_owned());
            }
        }
    }
    Ok(names)
}

struct Renaming<'a>(&'a ShortNames);

type Written = Result<(), Error<Infallible>>;

impl Reencode for Renaming<'_> {
    type Error = Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Written {
        for import in section.into_imports() {
            let import = import?;
            let short = self.0.imports.get(import.name).map_or(import.name, String::as_str);
            imports.import(MODULE, short, self.entity_type(import.ty)?);
        }
        Ok(())
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Written {
        if let Some(short) = self.0.exports.get(export.name) {
            exports.export(
                short,
                self.export_kind(export.kind)?,
                self.external_index(export.kind, export.index)?,
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{EntityType, ExportKind, TypeSection};
    use wasmparser::Validator;

    /// Two imports, both exported.
    fn program() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("./a_bg.js", "__wbg_one_1234", EntityType::Function(0));
        imports.import("./a_bg.js", "__wbg_two_5678", EntityType::Function(0));
        let mut exports = ExportSection::new();
        exports.export("called", ExportKind::Func, 1).export("uncalled", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&exports);
        module.finish()
    }

    fn names(imports: &[(&str, &str)]) -> ShortNames {
        let owned = |&(long, short): &(&str, &str)| (long.to_owned(), short.to_owned());
        ShortNames {
            imports: imports.iter().map(owned).collect(),
            exports: [owned(&("called", "a"))].into_iter().collect(),
        }
    }

    #[test]
    fn a_program_takes_its_short_names_and_keeps_what_is_called() {
        let names = names(&[("__wbg_one_1234", "x"), ("__wbg_two_5678", "y"), ("__wbg_gone", "z")]);
        let renamed = rename(&program(), &names).expect("a program");
        Validator::new().validate_all(&renamed).expect("a valid program");
        assert_eq!(imported(&renamed).expect("a program"), BTreeSet::from(["x".to_owned(), "y".to_owned()]));
        let mut exports = Vec::new();
        for payload in Parser::new(0).parse_all(&renamed) {
            if let Payload::ExportSection(section) = payload.expect("a payload") {
                exports.extend(section.into_iter().map(|export| {
                    let export = export.expect("an export");
                    (export.name.to_owned(), export.index)
                }));
            }
        }
        assert_eq!(exports, [("a".to_owned(), 1)]);
    }

    #[test]
    fn an_import_without_a_name_is_an_error() {
        let error = rename(&program(), &names(&[("__wbg_one_1234", "x")])).expect_err("one is missing");
        assert!(error.to_string().contains("__wbg_two_5678"), "{error}");
        assert!(imported(b"not wasm").is_err());
    }
}
