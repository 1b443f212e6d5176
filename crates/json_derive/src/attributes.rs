//! What `#[serde(…)]` says of a type, a variant or a field.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Ident, LitStr, Path, Result};

/// How a missing field is filled.
#[derive(Clone)]
pub enum Filling {
    /// `Default::default()`.
    Default,
    /// A function's value.
    Call(Path),
}

/// Everything the attributes of one thing say.
#[derive(Clone, Default)]
pub struct Attributes {
    pub tag: Option<String>,
    pub content: Option<String>,
    pub rename_all: Option<Case>,
    pub rename: Option<String>,
    pub filling: Option<Filling>,
    pub skip_if: Option<Path>,
    pub is_skipped: bool,
    pub is_flat: bool,
}

/// How names of variants are written.
#[derive(Clone, Copy)]
pub enum Case {
    Snake,
    Kebab,
    Lower,
}

impl Attributes {
    pub fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| found.take(&meta))?;
        }
        Ok(found)
    }

    fn take(&mut self, meta: &ParseNestedMeta) -> Result<()> {
        let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
        match name.as_str() {
            "tag" => self.tag = Some(text(meta)?),
            "content" => self.content = Some(text(meta)?),
            "rename" => self.rename = Some(text(meta)?),
            "rename_all" => self.rename_all = Some(case(meta)?),
            "default" if meta.input.peek(syn::Token![=]) => self.filling = Some(Filling::Call(path(meta)?)),
            "default" => self.filling = Some(Filling::Default),
            "skip_serializing_if" => self.skip_if = Some(path(meta)?),
            "skip" => self.is_skipped = true,
            "flatten" => self.is_flat = true,
            // A struct of one unnamed field is written as that field in any case.
            "transparent" => {}
            _ => return Err(meta.error("json's derives do not know this: write the implementation by hand")),
        }
        Ok(())
    }

    /// The name on paper of the variant `ident` of a type with these attributes.
    pub fn name_of_variant(&self, ident: &Ident, own: &Attributes) -> String {
        own.rename.clone().unwrap_or_else(|| match self.rename_all {
            None => ident.to_string(),
            Some(Case::Lower) => ident.to_string().to_lowercase(),
            Some(Case::Snake) => separated(&ident.to_string(), '_'),
            Some(Case::Kebab) => separated(&ident.to_string(), '-'),
        })
    }
}

fn text(meta: &ParseNestedMeta) -> Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

fn path(meta: &ParseNestedMeta) -> Result<Path> {
    meta.value()?.parse::<LitStr>()?.parse()
}

fn case(meta: &ParseNestedMeta) -> Result<Case> {
    let name = meta.value()?.parse::<LitStr>()?;
    match name.value().as_str() {
        "snake_case" => Ok(Case::Snake),
        "kebab-case" => Ok(Case::Kebab),
        "lowercase" => Ok(Case::Lower),
        _ => Err(Error::new(name.span(), "json's derives know snake_case, kebab-case and lowercase")),
    }
}

/// `RemoveUrls` as `remove_urls`.
fn separated(name: &str, separator: char) -> String {
    let mut words = String::new();
    for (idx, letter) in name.char_indices() {
        if letter.is_uppercase() && idx > 0 {
            words.push(separator);
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// An error at no particular place of the input.
pub fn refused(reason: &str) -> Error {
    Error::new(Span::call_site(), reason)
}
