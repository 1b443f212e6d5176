//! A card as JSON, as it goes to the worker that writes it into exports.

use json::{FromJson, Node, ToJson, Writer};

use super::ModelCard;
use crate::document::{Block, Table};

/// A block, with a name for each of its fields.
#[derive(ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Stored {
    Heading { level: u8, text: String },
    Text { text: String },
    List { points: Vec<String> },
    Table { table: Table },
    Picture { svg: String },
}

impl From<&Block> for Stored {
    fn from(block: &Block) -> Self {
        match block.clone() {
            Block::Heading(level, text) => Self::Heading { level, text },
            Block::Text(text) => Self::Text { text },
            Block::List(points) => Self::List { points },
            Block::Table(table) => Self::Table { table },
            Block::Picture(svg) => Self::Picture { svg },
        }
    }
}

impl From<Stored> for Block {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Heading { level, text } => Self::Heading(level, text),
            Stored::Text { text } => Self::Text(text),
            Stored::List { points } => Self::List(points),
            Stored::Table { table } => Self::Table(table),
            Stored::Picture { svg } => Self::Picture(svg),
        }
    }
}

impl ToJson for ModelCard {
    fn write(&self, out: &mut Writer) {
        self.blocks.iter().map(Stored::from).collect::<Vec<_>>().write(out);
    }
}

impl FromJson for ModelCard {
    fn read(node: Node<'_>) -> Self {
        let blocks: Vec<Stored> = FromJson::read(node);
        Self { blocks: blocks.into_iter().map(Block::from).collect() }
    }
}
