//! The page's `view!`, written as Leptos' own.
//! In: a view in Leptos' syntax. Out: for each element the HTML of all that is fixed in it, as one text, and a list of
//! what is not, each with its place; drawn by the app's `::reviewlab::markup`. Components are called as Leptos calls them.
//! Never: code for each tag, which is what makes Leptos' own expansion heavy.

mod html;
mod component;
mod element;

use proc_macro2::TokenStream;
use quote::quote;
use rstml::node::Node;

/// A view in Leptos' syntax as a `::reviewlab::markup::View`.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let config = rstml::ParserConfig::default().recover_block(true);
    let (nodes, errors) = rstml::Parser::new(config).parse_recoverable(TokenStream::from(tokens)).split_vec();
    let errors = errors.into_iter().map(|error| error.emit_as_expr_tokens());
    match part_of(&nodes) {
        Ok(part) => quote! {{ #(#errors;)* ::reviewlab::markup::View::from(#part) }}.into(),
        Err(error) => error.to_compile_error().into(),
    }
}

/// What stands for these nodes: a part of a view.
fn part_of(nodes: &[Node]) -> syn::Result<TokenStream> {
    let mut parts = nodes.iter().map(one_part).collect::<syn::Result<Vec<_>>>()?;
    Ok(match parts.len() {
        1 => parts.remove(0),
        _ => quote! { ::reviewlab::markup::Part::List(::std::vec![#(#parts),*]) },
    })
}

fn one_part(node: &Node) -> syn::Result<TokenStream> {
    match node {
        Node::Element(element) if component::is_component(element) => component::call(element),
        Node::Element(element) => element::template(element),
        Node::Text(text) => {
            let value = &text.value;
            Ok(quote! { ::reviewlab::markup::Part::from(#value) })
        }
        Node::Block(block) => Ok(quote! { ::reviewlab::markup::part(#[allow(unused_braces)] #block) }),
        Node::Fragment(fragment) => part_of(&fragment.children),
        other => {
            Err(syn::Error::new_spanned(other, "only elements, components, texts and blocks stand in a view"))
        }
    }
}
