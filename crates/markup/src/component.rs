//! Calls of components.
//! In: a component's element. Out: the call of its function with its properties, as Leptos makes it.
//! Never: attributes for what a component draws; it has properties for them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use rstml::node::{KeyedAttribute, KeyedAttributeValue, NodeAttribute, NodeElement, NodeName};
use syn::spanned::Spanned as _;

use crate::part_of;

/// Begins the name of what is handed to the children: `let:row`.
const BINDING: &str = "let:";

type Element = NodeElement<rstml::Infallible>;

/// Whether an element is a component: its name begins with a capital.
pub fn is_component(element: &Element) -> bool {
    element.name().to_string().starts_with(|first: char| first.is_ascii_uppercase())
}

/// The call, as a part of a view.
pub fn call(element: &Element) -> syn::Result<TokenStream> {
    let name = element.name();
    let mut properties = Vec::new();
    let mut bound: Vec<Ident> = Vec::new();
    for attribute in element.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(syn::Error::new_spanned(attribute, "a component takes properties with names"));
        };
        match binding_of(attribute) {
            Some(ident) => bound.push(ident),
            None => properties.push(property(attribute)?),
        }
    }
    let children = children(element, &bound)?;
    let span = name.span();
    Ok(quote_spanned! {span=>
        ::reviewlab::markup::part(::leptos::component::component_view(
            #name,
            ::leptos::component::component_props_builder(&#name) #(#properties)* #children .build()
        ))
    })
}

fn binding_of(attribute: &KeyedAttribute) -> Option<Ident> {
    let key = attribute.key.to_string().replace(' ', "");
    let name = key.strip_prefix(BINDING)?;
    Some(format_ident!("{name}", span = attribute.key.span()))
}

fn property(attribute: &KeyedAttribute) -> syn::Result<TokenStream> {
    let NodeName::Path(name) = &attribute.key else {
        return Err(syn::Error::new_spanned(&attribute.key, "a component's property is one name"));
    };
    Ok(match (&attribute.possible_value, attribute.value()) {
        (KeyedAttributeValue::Binding(binding), _) => {
            return Err(syn::Error::new_spanned(binding, "a component's property has one value"));
        }
        (_, Some(value)) => quote! { .#name(#[allow(unused_braces)] #value) },
        // `disabled` is short for `disabled=disabled`.
        (_, None) => quote! { .#name(#name) },
    })
}

fn children(element: &Element, bound: &[Ident]) -> syn::Result<TokenStream> {
    if element.children.is_empty() {
        return Ok(TokenStream::new());
    }
    let part = part_of(&element.children)?;
    let view = quote! { ::reviewlab::markup::View::from(#part) };
    Ok(if bound.is_empty() {
        quote! { .children(::reviewlab::markup::ToChildren::to_children(move || #view)) }
    } else {
        quote! { .children(move |#(#bound),*| #view) }
    })
}
