//! A note in Markdown as elements: never as HTML that somebody wrote.

use leptos::prelude::*;
use markup::view;

use crate::markup::View;
use crate::state::markdown::{Block, Span, blocks};

/// A note.
#[component]
pub fn Markdown(
    /// As it was typed.
    note: String,
) -> View {
    let shown = blocks(&note).into_iter().map(block).collect::<View>();
    view! { <div class="stack stack--tight prose">{shown}</div> }
}

fn block(block: Block) -> View {
    match block {
        // The page has a heading above, and its cards have some.
        Block::Heading(1 | 2, words) => view! { <h3>{line(words)}</h3> },
        Block::Heading(_, words) => view! { <h4>{line(words)}</h4> },
        Block::Paragraph(words) => view! { <p>{line(words)}</p> },
        Block::List(true, items) => view! { <ol>{items.into_iter().map(item).collect::<View>()}</ol> },
        Block::List(false, items) => view! { <ul>{items.into_iter().map(item).collect::<View>()}</ul> },
        Block::Quote(words) => view! { <blockquote>{line(words)}</blockquote> },
        Block::Code(text) => view! { <pre class="code">{text}</pre> },
    }
}

fn item(words: Vec<Span>) -> View {
    view! { <li>{line(words)}</li> }
}

fn line(words: Vec<Span>) -> View {
    words.into_iter().map(span).collect()
}

fn span(span: Span) -> View {
    match span {
        Span::Text(text) => View::from(text),
        Span::Strong(text) => view! { <strong>{text}</strong> },
        Span::Emphasis(text) => view! { <em>{text}</em> },
        Span::Code(text) => view! { <code>{text}</code> },
        Span::Link(text, to) => view! { <a href=to target="_blank" rel="noopener noreferrer">{text}</a> },
    }
}
