//! The options of a command: `--name value` or `--name=value`.
//! In: the words after the command. Out: the value of each known option.
//! Never: an option nobody knows is passed over in silence.

use anyhow::{Result, bail};

/// The values of `names`, in their order; `None` where an option is not given.
///
/// # Errors
/// At an unknown word, an option without a value, or one given twice.
pub fn options<const N: usize>(words: &[String], names: [&str; N]) -> Result<[Option<String>; N]> {
    let mut values = [const { None }; N];
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (name, inline) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let Some(place) = names.iter().position(|known| *known == name) else {
            bail!("unknown option `{word}`; {}", known(&names));
        };
        let Some(value) = inline.or_else(|| rest.next().cloned()) else {
            bail!("option `{name}` needs a value");
        };
        if values[place].replace(value).is_some() {
            bail!("option `{name}` is given twice");
        }
    }
    Ok(values)
}

/// Fails unless there are no words at all.
///
/// # Errors
/// When there are.
pub fn none(words: &[String]) -> Result<()> {
    options(words, []).map(|_| ())
}

fn known(names: &[&str]) -> String {
    match names {
        [] => "this command takes none".to_owned(),
        names => format!("known: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(line: &str, expected: [Option<&str>; 2]) {
        let values = options(&words(line), ["--port", "--base"]).expect("the line is right");
        assert_eq!(values, expected.map(|value| value.map(str::to_owned)));
    }

    #[track_caller]
    fn check_error(line: &str, expected: &str) {
        let error = options(&words(line), ["--port", "--base"]).expect_err("the line is wrong");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn options_come_in_any_order_and_both_ways() {
        check("", [None, None]);
        check("--port 1", [Some("1"), None]);
        check("--base=/a/ --port=2", [Some("2"), Some("/a/")]);
    }

    #[test]
    fn wrong_lines_are_named() {
        check_error("--part 1", "unknown option `--part`; known: --port, --base");
        check_error("--port", "option `--port` needs a value");
        check_error("--port 1 --port 2", "option `--port` is given twice");
    }
}
