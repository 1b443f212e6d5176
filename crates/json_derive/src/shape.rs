//! A type's definition, reduced to what is written and read.

use syn::{Data, DeriveInput, Fields, GenericArgument, Ident, PathArguments, Result, Type};

use crate::attributes::{Attributes, refused};

/// A type.
pub struct Shape {
    pub attributes: Attributes,
    pub body: Body,
}

/// Its parts.
pub enum Body {
    /// Named fields.
    Struct(Vec<Field>),
    /// One unnamed field, which it is written as.
    Newtype,
    /// Variants.
    Enum(Vec<Variant>),
}

/// A named field.
pub struct Field {
    pub ident: Ident,
    pub of: Type,
    pub name: String,
    /// An option: it may be missing.
    pub is_option: bool,
    pub attributes: Attributes,
}

/// A variant of an enum.
pub struct Variant {
    pub ident: Ident,
    pub name: String,
    pub content: Content,
}

/// What a variant holds.
pub enum Content {
    Nothing,
    /// One unnamed field.
    Value,
    /// Named fields.
    Fields(Vec<Field>),
}

impl Shape {
    pub fn of(input: &DeriveInput) -> Result<Self> {
        let attributes = Attributes::of(&input.attrs)?;
        let body = match &input.data {
            Data::Struct(data) => match content(&data.fields)? {
                Content::Nothing => return Err(refused("json's derives know no struct without fields")),
                Content::Value => Body::Newtype,
                Content::Fields(fields) => Body::Struct(fields),
            },
            Data::Enum(data) => {
                let variants = data.variants.iter().map(|variant| {
                    let own = Attributes::of(&variant.attrs)?;
                    Ok(Variant {
                        ident: variant.ident.clone(),
                        name: attributes.name_of_variant(&variant.ident, &own),
                        content: content(&variant.fields)?,
                    })
                });
                Body::Enum(variants.collect::<Result<_>>()?)
            }
            Data::Union(_) => return Err(refused("json's derives know no unions")),
        };
        Ok(Self { attributes, body })
    }
}

impl Body {
    /// Whether no variant holds anything.
    pub fn is_names_only(&self) -> bool {
        let Self::Enum(variants) = self else { return false };
        variants.iter().all(|variant| matches!(variant.content, Content::Nothing))
    }
}

fn content(fields: &Fields) -> Result<Content> {
    match fields {
        Fields::Unit => Ok(Content::Nothing),
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => Ok(Content::Value),
        Fields::Unnamed(_) => Err(refused("json's derives know no tuples of several fields: name them")),
        Fields::Named(named) => {
            let fields = named.named.iter().map(|field| {
                let attributes = Attributes::of(&field.attrs)?;
                let ident = field.ident.clone().ok_or_else(|| refused("a named field has a name"))?;
                let name = attributes.rename.clone().unwrap_or_else(|| ident.to_string());
                let of = field.ty.clone();
                Ok(Field { ident, name, is_option: is_option(&of), of, attributes })
            });
            Ok(Content::Fields(fields.collect::<Result<_>>()?))
        }
    }
}

fn is_option(of: &Type) -> bool {
    let Type::Path(path) = of else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| {
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
        last.ident == "Option" && matches!(arguments.args.first(), Some(GenericArgument::Type(_)))
    })
}
