//! What most texts begin or end with.

use super::{Example, MAX_EXAMPLES, TextEdge};

/// Rows that are looked at together before an edge is suspected.
const WINDOW_ROWS: usize = 512;
/// Longest boilerplate that is found, in characters.
const MAX_EDGE_CHARS: usize = 64;
/// Shortest.
const MIN_EDGE_CHARS: usize = 4;
/// Share of the rows that must have it and be exceeded.
const MOST_ROWS: f64 = 0.5;
/// How much of its rows a longer edge may lose against the shortest one before it is another.
const KEPT_WHEN_LONGER: f64 = 0.95;

/// Watches one edge of all texts.
pub(super) struct EdgeWatch {
    edge: TextEdge,
    /// Edges of the texts at hand, from the text's end inwards, until something is suspected.
    window: Vec<(u64, Vec<char>)>,
    suspect: Option<Suspect>,
    n_rows: u64,
}

struct Suspect {
    /// As it stands in the text.
    text: String,
    n_rows: u64,
    examples: Vec<Example>,
}

/// Boilerplate that was found.
pub(super) struct FoundEdge {
    pub text: String,
    pub n_rows: u64,
    pub examples: Vec<Example>,
}

impl EdgeWatch {
    pub fn new(edge: TextEdge) -> Self {
        Self { edge, window: Vec::new(), suspect: None, n_rows: 0 }
    }

    /// Takes the next text.
    pub fn see(&mut self, record: u64, text: &str) {
        self.n_rows += 1;
        let text = text.trim();
        match &mut self.suspect {
            Some(suspect) => suspect.see(self.edge, record, text),
            None => {
                self.window.push((record, self.edge_of(text)));
                if self.window.len() == WINDOW_ROWS {
                    self.suspect_something();
                }
            }
        }
    }

    /// Comes to a suspicion with the rows at hand, after the last.
    pub fn finish(&mut self) {
        if self.suspect.is_none() {
            self.suspect_something();
        }
    }

    /// What most rows have, if anything. Rows before the window in which it was first seen are not counted.
    pub fn found(&self) -> Option<FoundEdge> {
        let suspect = self.suspect.as_ref()?;
        let is_most = suspect.n_rows as f64 > MOST_ROWS * self.n_rows as f64 && suspect.n_rows > 1;
        let Suspect { text, n_rows, examples } = suspect;
        is_most.then(|| FoundEdge { text: text.clone(), n_rows: *n_rows, examples: examples.clone() })
    }

    fn edge_of(&self, text: &str) -> Vec<char> {
        match self.edge {
            TextEdge::Start => text.chars().take(MAX_EDGE_CHARS).collect(),
            TextEdge::End => text.chars().rev().take(MAX_EDGE_CHARS).collect(),
        }
    }

    fn suspect_something(&mut self) {
        let window = std::mem::take(&mut self.window);
        let Some(chars) = common_edge(&window) else { return };
        let text: String = match self.edge {
            TextEdge::Start => chars.iter().collect(),
            TextEdge::End => chars.iter().rev().collect(),
        };
        let mut suspect = Suspect { text: text.trim().to_owned(), n_rows: 0, examples: Vec::new() };
        for (record, edge) in window.iter().filter(|(_, edge)| edge.starts_with(&chars)) {
            let shown: String = match self.edge {
                TextEdge::Start => edge.iter().collect(),
                TextEdge::End => edge.iter().rev().collect(),
            };
            suspect.count(*record, &shown);
        }
        self.suspect = Some(suspect);
    }
}

impl Suspect {
    fn see(&mut self, edge: TextEdge, record: u64, text: &str) {
        let has_it = match edge {
            TextEdge::Start => text.starts_with(&self.text),
            TextEdge::End => text.ends_with(&self.text),
        };
        if has_it {
            self.count(record, text);
        }
    }

    fn count(&mut self, record: u64, text: &str) {
        self.n_rows += 1;
        if self.examples.len() < MAX_EXAMPLES {
            self.examples.push(Example::new(record, text));
        }
    }
}

/// The longest run of characters, from the edge inwards, that most of the rows share.
fn common_edge(window: &[(u64, Vec<char>)]) -> Option<Vec<char>> {
    let mut sharing: Vec<&[char]> = window.iter().map(|(_, edge)| edge.as_slice()).collect();
    let mut common = Vec::new();
    let mut n_needed = MOST_ROWS * window.len() as f64;
    for place in 0..MAX_EDGE_CHARS {
        let mut here: Vec<char> = sharing.iter().filter_map(|edge| edge.get(place)).copied().collect();
        here.sort_unstable();
        let Some(most) = here.chunk_by(|a, b| a == b).max_by_key(|same| same.len()) else { break };
        if most.len() as f64 <= n_needed {
            break;
        }
        let most = most[0];
        sharing.retain(|edge| edge.get(place) == Some(&most));
        common.push(most);
        if common.len() == MIN_EDGE_CHARS {
            n_needed = n_needed.max(KEPT_WHEN_LONGER * sharing.len() as f64);
        }
    }
    let n_letters = common.iter().filter(|letter| letter.is_alphanumeric()).count();
    (n_letters >= MIN_EDGE_CHARS && sharing.len() > 1).then_some(common)
}
