//! What a training is to mend first, in words.
//! In: the words after an option. Out: names of findings. Never: a finding that is looked for here.

use engine::audit::FINDING_NAMES;

/// One of the words after `--fix`.
#[derive(Debug, PartialEq)]
pub struct FixWord {
    /// Which finding, by its name.
    pub finding: String,
    /// It is to stay as it is.
    pub is_ignored: bool,
}

/// The words of a list such as `boilerplate,same-text,ignore:stars-in-text`.
///
/// # Errors
/// Where one is no finding's name.
pub fn fix_words(list: &str) -> Result<Vec<FixWord>, String> {
    let word = |word: &str| {
        let (is_ignored, name) = word.strip_prefix("ignore:").map_or((false, word), |name| (true, name));
        let finding = name.trim().replace('-', "_");
        if !FINDING_NAMES.contains(&finding.as_str()) {
            let known: Vec<String> = FINDING_NAMES.iter().map(|name| shown(name)).collect();
            return Err(format!("--fix knows {}, not '{name}'", known.join(", ")));
        }
        Ok(FixWord { finding, is_ignored })
    };
    list.split(',').map(word).collect()
}

/// A finding's name as it is written on a command line.
pub fn shown(name: &str) -> String {
    name.replace('_', "-")
}
