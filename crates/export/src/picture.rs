//! A confusion matrix in, its picture out: an SVG file that stands alone, the same bytes for the same numbers.

use std::fmt::Write as _;

use crate::escaped::escaped_html;

/// Side of a cell, and room for the classes' names, in pixels.
const CELL: usize = 96;
const ROOM: usize = 140;
const TOP: usize = 64;
/// Cells of more of their class than this are dark, and their numbers light.
const DARK_FROM: f64 = 0.5;
/// The darkest cell, and white, by red, green and blue.
const DARKEST: [f64; 3] = [31.0, 78.0, 121.0];
const WHITE: f64 = 255.0;

/// The picture: a row for each true class, a column for each predicted one, darker where it is a larger share of the row.
/// Shape of `counts`: n_classes x n_classes.
pub fn confusion_svg(classes: &[String], counts: &[Vec<u64>]) -> String {
    let n_classes = classes.len();
    let (width, height) = (ROOM + n_classes * CELL + 16, TOP + n_classes * CELL + 16);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"14\">\n<title>Confusion matrix</title>\n<rect width=\"{width}\" \
         height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let mut text = |x: usize, y: usize, anchor: &str, fill: &str, words: &str| {
        let words = escaped_html(words);
        // Writing to a text cannot fail.
        writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{words}</text>")
            .ok();
    };
    text(ROOM, 24, "start", "#333333", "predicted →");
    text(ROOM - 12, 24, "end", "#333333", "is ↓");
    for (place, class) in classes.iter().enumerate() {
        text(ROOM + place * CELL + CELL / 2, TOP - 12, "middle", "#000000", class);
        text(ROOM - 12, TOP + place * CELL + CELL / 2 + 5, "end", "#000000", class);
    }
    let mut cells = String::new();
    for (truth, row) in counts.iter().enumerate() {
        let n_rows = row.iter().sum::<u64>().max(1) as f64;
        for (predicted, count) in row.iter().enumerate() {
            let share = *count as f64 / n_rows;
            let channel = |dark: f64| (WHITE + share * (dark - WHITE)).round() as u8;
            let [red, green, blue] = DARKEST.map(channel);
            let ink = if share > DARK_FROM { "#ffffff" } else { "#000000" };
            let (x, y) = (ROOM + predicted * CELL, TOP + truth * CELL);
            let (middle, line) = (x + CELL / 2, y + CELL / 2);
            writeln!(
                cells,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill=\"#{red:02x}{green:02x}{blue:02x}\" \
                 stroke=\"#cccccc\"/>\n<text x=\"{middle}\" y=\"{line}\" text-anchor=\"middle\" fill=\"{ink}\">{count}</text>\n\
                 <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" fill=\"{ink}\" font-size=\"12\">{:.1} %</text>",
                line + 18,
                100.0 * share
            )
            .ok();
        }
    }
    svg + &cells + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_every_count_and_is_escaped() {
        let classes = ["bad".to_owned(), "good & <new>".to_owned()];
        let svg = confusion_svg(&classes, &[vec![40, 10], vec![0, 0]]);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(
            svg.contains(">40</text>")
                && svg.contains(">80.0 %</text>")
                && svg.contains("good &amp; &lt;new&gt;")
        );
        assert!(svg.contains("#ffffff\" stroke"), "an empty row is white");
    }
}
