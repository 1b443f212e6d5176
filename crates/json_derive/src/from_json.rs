//! The code that reads a shape.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result, parse_quote};

use crate::attributes::{Filling, refused};
use crate::shape::{Body, Content, Field, Shape, Variant};

const UNFLATTENED: &str = "json's derives read no flattened fields: write the implementation by hand";

pub fn expand(input: &DeriveInput, shape: &Shape) -> Result<TokenStream> {
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(::json::FromJson));
    }
    let (implemented, arguments, bounds) = generics.split_for_impl();
    let ident = &input.ident;
    let body = match &shape.body {
        Body::Newtype => quote! { Self(::json::FromJson::read(node)) },
        Body::Struct(fields) => {
            let entries = fields.iter().map(entry).collect::<Result<Vec<_>>>()?;
            quote! {
                // SAFETY: the entries are this struct's fields, each with its own type and offset.
                unsafe { ::json::read_struct(node, const { &[#(#entries),*] }) }
            }
        }
        Body::Enum(variants) => read_enum(shape, variants)?,
    };
    // One copy of each: the engine is compiled for speed, and these are not where its time goes.
    let inlining = matches!(shape.body, Body::Newtype).then(|| quote! { #[inline] });
    let inlining = inlining.unwrap_or_else(|| quote! { #[inline(never)] });
    Ok(quote! {
        #[automatically_derived]
        impl #implemented ::json::FromJson for #ident #arguments #bounds {
            #inlining
            fn read(node: ::json::Node<'_>) -> Self {
                #body
            }
        }
    })
}

/// A struct's field in the table of them all.
fn entry(field: &Field) -> Result<TokenStream> {
    let Field { ident, of, name, is_option, attributes } = field;
    let offset = quote! { ::core::mem::offset_of!(Self, #ident) };
    if attributes.is_flat {
        return Err(refused(UNFLATTENED));
    }
    if attributes.is_skipped {
        let filling = quote! { ::core::default::Default::default() };
        return Ok(quote! { ::json::ReadField::absent::<#of>(#offset, |to, _| { to.write(#filling); }) });
    }
    let filling = match &attributes.filling {
        None => {
            let is_required = !is_option;
            return Ok(quote! { ::json::ReadField::new::<#of>(#name, #offset, #is_required) });
        }
        Some(Filling::Default) => quote! { ::core::default::Default::default() },
        Some(Filling::Call(function)) => quote! { #function() },
    };
    Ok(quote! { ::json::ReadField::or::<#of>(#name, #offset, |to| { to.write(#filling); }) })
}

/// `field: value` of a variant, read from the object `of`.
fn field(field: &Field, of: &TokenStream) -> Result<TokenStream> {
    let Field { ident, name, is_option, attributes, .. } = field;
    if attributes.is_flat {
        return Err(refused(UNFLATTENED));
    }
    if attributes.is_skipped {
        return Ok(quote! { #ident: ::core::default::Default::default() });
    }
    let look = if *is_option {
        quote! { field }
    } else {
        quote! { required }
    };
    let filling = match &attributes.filling {
        None => return Ok(quote! { #ident: ::json::FromJson::read(#of.#look(#name)) }),
        Some(Filling::Default) => quote! { ::core::default::Default::default() },
        Some(Filling::Call(function)) => quote! { #function() },
    };
    Ok(quote! {
        #ident: {
            let value = #of.field(#name);
            if value.is_missing() { #filling } else { ::json::FromJson::read(value) }
        }
    })
}

fn read_enum(shape: &Shape, variants: &[Variant]) -> Result<TokenStream> {
    let names: Vec<&String> = variants.iter().map(|variant| &variant.name).collect();
    let names = quote! { &[#(#names),*] };
    let (which, content) = match (&shape.attributes.tag, &shape.attributes.content) {
        (Some(tag), Some(content)) => {
            (quote! { (node.tagged(#tag, #names), node.field(#content)) }, quote! { content })
        }
        (Some(tag), None) => (quote! { (node.tagged(#tag, #names), node) }, quote! { content }),
        (None, _) if shape.body.is_names_only() => {
            (quote! { (node.variant(#names), ()) }, quote! { content })
        }
        (None, _) => (quote! { node.wrapped(#names) }, quote! { content }),
    };
    let last = variants.len().saturating_sub(1);
    let arms = variants.iter().enumerate().map(|(idx, variant)| {
        let pattern = if idx == last {
            quote! { _ }
        } else {
            quote! { #idx }
        };
        let ident = &variant.ident;
        let fields = match &variant.content {
            Content::Nothing => quote! {},
            Content::Value => quote! { (::json::FromJson::read(content)) },
            Content::Fields(fields) => {
                let fields = fields.iter().map(|one| field(one, &content)).collect::<Result<Vec<_>>>()?;
                quote! { { #(#fields),* } }
            }
        };
        Ok(quote! { #pattern => Self::#ident #fields })
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    let binding = if shape.body.is_names_only() {
        quote! { _ }
    } else {
        quote! { content }
    };
    Ok(quote! {
        let (variant, #binding) = #which;
        match variant { #(#arms),* }
    })
}
