//! Parts that pages are made of: props in, view out. They fetch nothing and calculate nothing.

pub mod term;
pub mod link;
pub mod reason;
pub mod button;
pub mod card;
pub mod field;
pub mod name_form;
pub mod figures;
pub mod states;
pub mod later;
pub mod sight;
pub mod progress;
pub mod tabs;
pub mod page_head;
pub mod drop_zone;
pub mod reading;
pub mod register;
pub mod runs_table;
pub mod nav;
pub mod new_version;
pub mod shell;
pub mod markdown;
pub mod marked;
pub mod exports;
