//! The code that writes a shape.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Ident, Result, parse_quote};

use crate::shape::{Body, Content, Field, Shape, Variant};

pub fn expand(input: &DeriveInput, shape: &Shape) -> Result<TokenStream> {
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(::json::ToJson));
    }
    let (implemented, arguments, bounds) = generics.split_for_impl();
    let ident = &input.ident;
    let body = match &shape.body {
        Body::Newtype => quote! { ::json::ToJson::write(&self.0, out) },
        Body::Struct(fields) => {
            let entries = fields.iter().filter(|field| !field.attributes.is_skipped).map(entry);
            quote! {
                // SAFETY: the entries are this struct's fields, each with its own type and offset.
                unsafe { ::json::write_struct(self, const { &[#(#entries),*] }, out) }
            }
        }
        body @ Body::Enum(variants) if body.is_names_only() && shape.attributes.tag.is_none() => {
            let idents = variants.iter().map(|variant| &variant.ident);
            let names = variants.iter().map(|variant| &variant.name);
            quote! { out.text(match self { #(Self::#idents => #names),* }) }
        }
        Body::Enum(variants) => {
            let arms = variants.iter().map(|one| variant(shape, one));
            quote! { match self { #(#arms)* } }
        }
    };
    // One copy of each: the engine is compiled for speed, and these are not where its time goes.
    let inlining = matches!(shape.body, Body::Newtype).then(|| quote! { #[inline] });
    let inlining = inlining.unwrap_or_else(|| quote! { #[inline(never)] });
    Ok(quote! {
        #[automatically_derived]
        impl #implemented ::json::ToJson for #ident #arguments #bounds {
            #inlining
            fn write(&self, out: &mut ::json::Writer) {
                #body
            }
        }
    })
}

/// Binds every field to a reference.
fn pattern(fields: &[Field]) -> TokenStream {
    let idents = fields.iter().map(|field| &field.ident);
    let bindings = fields.iter().map(binding);
    quote! { { #(#idents: #bindings),* } }
}

/// No field's own name: it could be one that the code around it uses.
fn binding(field: &Field) -> Ident {
    format_ident!("of_{}", field.ident)
}

/// A struct's field in the table of them all.
fn entry(field: &Field) -> TokenStream {
    let Field { ident, of, name, attributes, .. } = field;
    let offset = quote! { ::core::mem::offset_of!(Self, #ident) };
    if attributes.is_flat {
        return quote! { ::json::WriteField::flat::<#of>(#offset) };
    }
    match &attributes.skip_if {
        Some(is_left_out) => quote! { ::json::WriteField::unless::<#of>(#name, #offset, #is_left_out) },
        None => quote! { ::json::WriteField::new::<#of>(#name, #offset) },
    }
}

/// Writes a bound field of a variant.
fn field(field: &Field) -> TokenStream {
    let Field { name, attributes, .. } = field;
    let ident = binding(field);
    if attributes.is_skipped {
        return quote! { let _ = #ident; };
    }
    if attributes.is_flat {
        return quote! {
            out.join();
            ::json::ToJson::write(#ident, out);
            out.joined();
        };
    }
    let write = quote! {
        out.key(#name);
        ::json::ToJson::write(#ident, out);
    };
    match &attributes.skip_if {
        Some(is_left_out) => quote! { if !#is_left_out(#ident) { #write } },
        None => write,
    }
}

fn variant(shape: &Shape, variant: &Variant) -> TokenStream {
    let Variant { ident, name, content } = variant;
    let (pattern, fields) = match content {
        Content::Nothing => (quote! {}, quote! {}),
        Content::Value => (quote! { (value) }, quote! { ::json::ToJson::write(value, out); }),
        Content::Fields(fields) => {
            let pattern = pattern(fields);
            let fields = fields.iter().map(field);
            (pattern, quote! { out.open(); #(#fields)* out.close(); })
        }
    };
    let has_content = !matches!(content, Content::Nothing);
    let write = match (&shape.attributes.tag, &shape.attributes.content) {
        (Some(tag), Some(content)) if has_content => {
            quote! { out.tag(#tag, #name); out.wrap(#content); #fields out.close(); }
        }
        (Some(tag), None) if has_content => quote! { out.tag(#tag, #name); #fields },
        (Some(tag), _) => quote! { out.tag(#tag, #name); out.open(); out.close(); },
        (None, _) if has_content => quote! { out.wrap(#name); #fields out.close(); },
        (None, _) => quote! { out.text(#name); },
    };
    quote! { Self::#ident #pattern => { #write } }
}
