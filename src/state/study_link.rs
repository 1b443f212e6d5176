//! A study's settings as a link, and back. Pure.
//!
//! In: a study as a form asks for it, before it follows any data. Out: letters, digits, `-` and `_` that can stand in
//! an address. Never: anything of the data.

use engine::tune::{STUDY_SCHEMA, StudySpec};
use thiserror::Error;

/// Longest text of a link; settings take about a tenth of it.
pub const MAX_LINK_CHARS: usize = 65_536;
/// The digits of base 64 as addresses take them (RFC 4648, section 5), without padding.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Why a link cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// It is cut off, or no link of ours.
    #[error("This link holds no settings that can be read: copy it again, whole.")]
    Unreadable,
    /// It is of a newer build.
    #[error(
        "This link was made by a newer Reviewlab (schema {found}, this one knows {STUDY_SCHEMA}): reload the page."
    )]
    Newer {
        /// Its schema.
        found: u32,
    },
}

/// The settings as a part of an address.
pub fn encode(study: &StudySpec) -> String {
    let mut text = String::new();
    for bytes in json::to_string(study).as_bytes().chunks(3) {
        let bits =
            bytes.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - bytes.len()));
        let digit = |place: usize| char::from(DIGITS[(bits >> (18 - 6 * place)) as usize & 63]);
        text.extend((0..=bytes.len()).map(digit));
    }
    text
}

/// The settings of a part of an address.
///
/// # Errors
/// Where they cannot be read by this build.
pub fn decode(text: &str) -> Result<StudySpec, LinkError> {
    if text.len() > MAX_LINK_CHARS {
        return Err(LinkError::Unreadable);
    }
    let mut bytes = Vec::with_capacity(text.len());
    for digits in text.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for digit in digits {
            let place = DIGITS.iter().position(|known| known == digit).ok_or(LinkError::Unreadable)?;
            bits = bits << 6 | place as u32;
        }
        bits <<= 6 * (4 - digits.len());
        bytes.extend_from_slice(&bits.to_be_bytes()[1..digits.len()]);
    }
    let text = String::from_utf8(bytes).map_err(|_| LinkError::Unreadable)?;
    let study: StudySpec = json::from_str(&text).map_err(|_| LinkError::Unreadable)?;
    match study.schema {
        found if found > STUDY_SCHEMA => Err(LinkError::Newer { found }),
        _ => Ok(study),
    }
}

#[cfg(test)]
mod tests {
    use engine::models::ModelKind;
    use engine::tune::StudyPreset;

    use super::*;

    #[test]
    fn settings_come_back_whole() {
        for preset in StudyPreset::ALL {
            for n_models in 1..=ModelKind::EVERY.len() {
                let study = preset.study(&ModelKind::EVERY[..n_models], 42);
                let link = encode(&study);
                assert!(link.bytes().all(|byte| DIGITS.contains(&byte)) && link.len() < MAX_LINK_CHARS / 4);
                assert_eq!(decode(&link), Ok(study));
            }
        }
    }

    #[test]
    fn base_64_is_the_standards() {
        // Python 3.11: base64.urlsafe_b64encode(json) without '='.
        let study = StudyPreset::Fast.study(&[ModelKind::LinearSvc], 42);
        assert!(json::to_string(&study).starts_with(r#"{"schema":2,"cleaning":[{"type":"lowercase"}"#));
        assert!(encode(&study).starts_with("eyJzY2hlbWEiOjIsImNsZWFuaW5nIjpbeyJ0eXBlIjoibG93ZXJjYXNlIn0"));
    }

    #[track_caller]
    fn check(link: &str, expected: LinkError) {
        assert_eq!(decode(link), Err(expected));
    }

    #[test]
    fn what_is_no_link_of_ours_is_told() {
        let link = encode(&StudyPreset::Fast.study(&ModelKind::ALL, 42));
        check("", LinkError::Unreadable);
        check("a b", LinkError::Unreadable);
        check("A", LinkError::Unreadable);
        check(&link[..link.len() / 2], LinkError::Unreadable);
        check(&"A".repeat(MAX_LINK_CHARS + 1), LinkError::Unreadable);
        let newer = StudySpec { schema: STUDY_SCHEMA + 1, ..StudyPreset::Fast.study(&ModelKind::ALL, 42) };
        check(&encode(&newer), LinkError::Newer { found: STUDY_SCHEMA + 1 });
    }
}
