//! Headings, sentences, lists, tables and pictures in; the same as Markdown or as a fragment of HTML out. Never: a text that
//! is taken for markup, a style or a script.

use std::fmt::Write as _;

use json::{FromJson, ToJson};

use crate::escaped::{escaped_html, escaped_markdown};

/// Deepest heading of HTML and Markdown.
const MAX_LEVEL: u8 = 6;

/// A piece of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    /// A heading; 1 is the document's own.
    Heading(u8, String),
    /// Sentences.
    Text(String),
    /// Points.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A picture of ours, as SVG; Markdown does without.
    Picture(String),
}

/// A table: its first column names the rows.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub(crate) struct Table {
    /// What it shows.
    pub(crate) caption: String,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// Its rows: a cell a column.
    pub(crate) rows: Vec<Vec<String>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: String,
    /// Whether its cells are numbers, which stand under each other.
    pub(crate) is_number: bool,
}

impl Table {
    /// A table of columns of text, named, and of numbers: those whose names begin with `#`.
    pub(crate) fn new(caption: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        let column = |name: &&str| Column {
            name: name.strip_prefix('#').unwrap_or(name).to_owned(),
            is_number: name.starts_with('#'),
        };
        Self { caption: caption.to_owned(), columns: columns.iter().map(column).collect(), rows }
    }
}

/// Blocks as Markdown (CommonMark with GitHub's tables).
pub(crate) fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() && !matches!(block, Block::Picture(_)) {
            out.push('\n');
        }
        // Writing to a text cannot fail.
        match block {
            Block::Heading(level, text) => {
                let marks = "#".repeat(usize::from((*level).clamp(1, MAX_LEVEL)));
                writeln!(out, "{marks} {}", escaped_markdown(text)).ok();
            }
            Block::Text(text) => {
                writeln!(out, "{}", escaped_markdown(text)).ok();
            }
            Block::List(points) => {
                for point in points {
                    writeln!(out, "- {}", escaped_markdown(point)).ok();
                }
            }
            Block::Table(table) => push_markdown_table(&mut out, table),
            Block::Picture(_) => {}
        }
    }
    out
}

fn push_markdown_table(out: &mut String, table: &Table) {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = table.columns.iter().map(|column| escaped_markdown(&column.name)).collect();
    let sides = table.columns.iter().map(|column| if column.is_number { "---:" } else { "---" }.to_owned());
    writeln!(out, "{}:\n", escaped_markdown(&table.caption)).ok();
    out.push_str(&line(names));
    out.push_str(&line(sides.collect()));
    for row in &table.rows {
        out.push_str(&line(row.iter().map(|cell| escaped_markdown(cell)).collect()));
    }
}

/// Blocks as a fragment of HTML whose headings begin `deeper` levels below the document's.
pub(crate) fn html(blocks: &[Block], deeper: u8) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Heading(level, text) => {
                let level = level.saturating_add(deeper).clamp(1, MAX_LEVEL);
                writeln!(out, "<h{level}>{}</h{level}>", escaped_html(text)).ok();
            }
            Block::Text(text) => {
                writeln!(out, "<p>{}</p>", escaped_html(text)).ok();
            }
            Block::List(points) => {
                let points: String =
                    points.iter().map(|point| format!("<li>{}</li>\n", escaped_html(point))).collect();
                writeln!(out, "<ul>\n{points}</ul>").ok();
            }
            Block::Table(table) => push_html_table(&mut out, table),
            Block::Picture(svg) => {
                writeln!(out, "<figure>{}</figure>", svg.trim_end()).ok();
            }
        }
    }
    out
}

fn push_html_table(out: &mut String, table: &Table) {
    let class = |place: usize| {
        let is_number = table.columns.get(place).is_some_and(|column| column.is_number);
        if is_number { " class=\"number\"" } else { "" }
    };
    let heads: String = (0..)
        .zip(&table.columns)
        .map(|(place, column)| {
            format!("<th scope=\"col\"{}>{}</th>", class(place), escaped_html(&column.name))
        })
        .collect();
    let caption = escaped_html(&table.caption);
    writeln!(
        out,
        "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\n<caption>{caption}</caption>\n\
         <thead><tr>{heads}</tr></thead>\n<tbody>"
    )
    .ok();
    for row in &table.rows {
        let mut line = String::new();
        for (place, cell) in row.iter().enumerate() {
            let (tag, scope) = if place == 0 { ("th", " scope=\"row\"") } else { ("td", "") };
            write!(line, "<{tag}{scope}{}>{}</{tag}>", class(place), escaped_html(cell)).ok();
        }
        writeln!(out, "<tr>{line}</tr>").ok();
    }
    out.push_str("</tbody>\n</table></div>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> Vec<Block> {
        let rows = vec![vec!["a|<b>".to_owned(), "0.5".to_owned()]];
        vec![
            Block::Heading(1, "Of <us>".into()),
            Block::Text("Some *words*.".into()),
            Block::List(vec!["- one".into(), "two".into()]),
            Block::Picture("<svg></svg>\n".into()),
            Block::Table(Table::new("Scores", &["class", "#F1"], rows)),
        ]
    }

    #[test]
    fn blocks_are_markdown() {
        assert_eq!(
            markdown(&blocks()),
            "# Of &lt;us&gt;\n\nSome \\*words\\*.\n\n- \\- one\n- two\n\nScores:\n\n| class | F1 |\n| --- | ---: |\n\
             | a\\|&lt;b&gt; | 0.5 |\n"
        );
    }

    #[test]
    fn blocks_are_html() {
        let html = html(&blocks(), 1);
        assert!(
            html.starts_with("<h2>Of &lt;us&gt;</h2>\n<p>Some *words*.</p>\n<ul>\n<li>- one</li>"),
            "{html}"
        );
        assert!(html.contains("<figure><svg></svg></figure>") && html.contains("<caption>Scores</caption>"));
        assert!(html.contains("<th scope=\"row\">a|&lt;b&gt;</th><td class=\"number\">0.5</td>"), "{html}");
    }
}
