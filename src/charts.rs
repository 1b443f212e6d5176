//! Pictures as plain values: data in, a scene of marks and a table twin out, shown or saved as a file.
//!
//! A chart is a pure function of its data and a width; one component shows any of them. No chart knows
//! colours: it names inks, and the style sheet (or the saved file's own palette) gives them.

pub mod ink;
pub mod scene;
pub mod twin;
pub mod scale;
pub mod axis;
pub mod hover;
pub mod plot;
pub mod bars;
pub mod columns;
pub mod boxes;
pub mod timeline;
pub mod surface;
pub mod matrices;
pub mod parallel;
pub mod balance;
pub mod contributions;
pub mod picture;
pub mod frame;
pub mod brush;
