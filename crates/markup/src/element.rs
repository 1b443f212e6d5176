//! Elements.
//! In: an element with all below it. Out: a `Template`: its HTML as one text, and what is not fixed, in the order
//! of the document, each with its place.
//! Never: more than one element at the top.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeElement};
use syn::{Expr, ExprLit, Lit, spanned::Spanned as _};

use crate::component;
use crate::html;

/// Ends a place in the list of places; no element has that many children.
const END: u8 = u8::MAX;

type Element = NodeElement<rstml::Infallible>;

/// The element, as a part of a view.
pub fn template(element: &Element) -> syn::Result<TokenStream> {
    let name = element.name().to_string();
    let mut writer = Writer::default();
    let is_svg_part = html::is_svg_part(&name);
    if is_svg_part {
        writer.html.push_str("<svg>");
    }
    writer.element(element, &[])?;
    if is_svg_part {
        writer.html.push_str("</svg>");
    }
    let Writer { html, places, holes } = writer;
    let places = syn::LitByteStr::new(&places, element.span());
    Ok(quote! {
        ::reviewlab::markup::template(
            {
                static SOURCE: ::reviewlab::markup::Source =
                    ::reviewlab::markup::Source { html: #html, is_svg_part: #is_svg_part, places: #places };
                &SOURCE
            },
            ::std::vec![#(#holes),*].into_boxed_slice(),
        )
    })
}

#[derive(Default)]
struct Writer {
    html: String,
    /// For each hole the numbers of the children that lead to it from the top, then [`END`].
    places: Vec<u8>,
    holes: Vec<TokenStream>,
}

impl Writer {
    fn element(&mut self, element: &Element, place: &[u8]) -> syn::Result<()> {
        let name = element.name().to_string();
        self.html.push('<');
        self.html.push_str(&name);
        for attribute in element.attributes() {
            let NodeAttribute::Attribute(attribute) = attribute else {
                return Err(syn::Error::new_spanned(attribute, "an element takes attributes with names"));
            };
            self.attribute(&name, attribute, place)?;
        }
        self.html.push('>');
        if !html::is_void(&name) {
            self.children(&name, &element.children, place)?;
            self.html.push_str(&format!("</{name}>"));
        }
        Ok(())
    }

    fn children(&mut self, parent: &str, children: &[Node], place: &[u8]) -> syn::Result<()> {
        let mut index = 0;
        let mut after_text = false;
        for child in children {
            if let Node::Text(text) = child {
                // Texts side by side are one node to a browser.
                index += usize::from(!after_text && !text.value.value().is_empty());
                after_text |= !text.value.value().is_empty();
                self.html.push_str(&html::escaped(&text.value.value()));
                continue;
            }
            after_text = false;
            let number = u8::try_from(index).ok().filter(|number| *number < END);
            let number =
                number.ok_or_else(|| syn::Error::new_spanned(child, "an element has too many children"))?;
            let child_place = [place, &[number]].concat();
            index += 1;
            match child {
                Node::Element(element) if !component::is_component(element) => {
                    let name = element.name().to_string();
                    if let Some(reason) = html::misplaced(parent, &name) {
                        return Err(syn::Error::new_spanned(element.name(), reason));
                    }
                    self.element(element, &child_place)?;
                }
                other => {
                    let part = crate::one_part(other)?;
                    self.html.push_str("<!>");
                    self.hole(&child_place, quote! { ::reviewlab::markup::Hole::Child(#part) });
                }
            }
        }
        Ok(())
    }

    fn hole(&mut self, place: &[u8], hole: TokenStream) {
        self.places.extend_from_slice(place);
        self.places.push(END);
        self.holes.push(hole);
    }

    fn attribute(&mut self, element: &str, attribute: &KeyedAttribute, place: &[u8]) -> syn::Result<()> {
        let key = attribute.key.to_string().replace(' ', "");
        let Some(value) = attribute.value() else {
            self.html.push_str(&format!(" {key}"));
            return Ok(());
        };
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = value {
            self.html.push_str(&format!(" {key}=\"{}\"", html::escaped(&text.value())));
            return Ok(());
        }
        let hole = |kind: &str, name: &str| {
            let kind = format_ident!("{kind}");
            quote! { ::reviewlab::markup::Hole::#kind(#name, ::reviewlab::markup::value(#[allow(unused_braces)] #value)) }
        };
        let hole = match key.split_once(':') {
            None if key == "node_ref" => quote! { ::reviewlab::markup::Hole::Reference(#value) },
            None if key == "inner_html" => hole("Property", "innerHTML"),
            None => hole("Attribute", &key),
            Some(("class", name)) => hole("Class", name),
            Some(("style", name)) => hole("Style", name),
            Some(("prop", name)) => hole("Property", name),
            Some(("on", event)) => listener(element, event, value),
            Some(_) => {
                return Err(syn::Error::new_spanned(&attribute.key, "this kind of attribute is not known"));
            }
        };
        self.hole(place, hole);
        Ok(())
    }
}

/// A listener for `event`; `input:target` hands over an event that knows the type of its element.
fn listener(element: &str, event: &str, handler: &Expr) -> TokenStream {
    let Some(event) = event.strip_suffix(":target") else {
        let kind = format_ident!("{}", event_type(event));
        return quote! { ::reviewlab::markup::listener::<::leptos::ev::#kind>(#event, #handler) };
    };
    let kind = format_ident!("{}", element_type(element));
    quote! { ::reviewlab::markup::targeted::<::leptos::web_sys::#kind>(#event, #handler) }
}

fn event_type(event: &str) -> &'static str {
    match event {
        "blur" | "focus" => "FocusEvent",
        "click" => "MouseEvent",
        "keydown" | "keyup" => "KeyboardEvent",
        _ if event.starts_with("drag") || event == "drop" => "DragEvent",
        _ if event.starts_with("pointer") => "PointerEvent",
        _ => "Event",
    }
}

fn element_type(element: &str) -> &'static str {
    match element {
        "input" => "HtmlInputElement",
        "select" => "HtmlSelectElement",
        "textarea" => "HtmlTextAreaElement",
        _ => "HtmlElement",
    }
}
