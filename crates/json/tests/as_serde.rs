//! Every shape that the derives know is written and read as serde and serde_json do.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Debug;

use json::{FromJson, MAX_DEPTH, ToJson};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

trait Both: Serialize + DeserializeOwned + ToJson + FromJson + PartialEq + Debug {}
impl<T: Serialize + DeserializeOwned + ToJson + FromJson + PartialEq + Debug> Both for T {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "kebab-case")]
enum Name {
    Utf8,
    WindowsOne,
    #[serde(rename = "C")]
    Other,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(transparent)]
struct Id(String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
struct Inner {
    real: f64,
    whole: i64,
    name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Tagged {
    Nothing,
    Fields { low: u32, high: Option<u8> },
    TheInner(Inner),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
enum Adjacent {
    Count(u32),
    Share(f64),
    Both { low: u8, high: u8 },
    Neither,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
enum Wrapped<T> {
    Nothing,
    Value(T),
    Fields { text: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
struct Whole {
    id: Id,
    letter: char,
    is_true: bool,
    tagged: Vec<Tagged>,
    adjacent: [Adjacent; 2],
    wrapped: Wrapped<Inner>,
    outcome: Result<Adjacent, Tagged>,
    pairs: Vec<(String, f64)>,
    by_name: BTreeMap<Name, f64>,
    by_text: BTreeMap<String, Wrapped<u64>>,
    #[serde(rename = "Option")]
    option: Option<Box<Inner>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
    #[serde(default = "nine")]
    nine: i32,
    #[serde(skip)]
    skipped: u8,
}

fn nine() -> i32 {
    9
}

#[derive(Serialize, ToJson)]
struct Flat {
    first: u8,
    #[serde(flatten)]
    inner: Inner,
    last: Option<u8>,
}

fn inner() -> impl Strategy<Value = Inner> + Clone {
    let name = prop_oneof![Just(Name::Utf8), Just(Name::WindowsOne), Just(Name::Other)];
    let real = any::<f64>().prop_filter("finite", |real| real.is_finite());
    (real, any::<i64>(), name).prop_map(|(real, whole, name)| Inner { real, whole, name })
}

fn tagged() -> impl Strategy<Value = Tagged> {
    prop_oneof![
        Just(Tagged::Nothing),
        any::<(u32, Option<u8>)>().prop_map(|(low, high)| Tagged::Fields { low, high }),
        inner().prop_map(Tagged::TheInner),
    ]
}

fn adjacent() -> impl Strategy<Value = Adjacent> {
    prop_oneof![
        any::<u32>().prop_map(Adjacent::Count),
        (-1.0..1.0).prop_map(Adjacent::Share),
        any::<(u8, u8)>().prop_map(|(low, high)| Adjacent::Both { low, high }),
        Just(Adjacent::Neither),
    ]
}

fn wrapped<T: Clone + Debug>(value: impl Strategy<Value = T> + 'static) -> impl Strategy<Value = Wrapped<T>> {
    prop_oneof![
        Just(Wrapped::Nothing),
        value.prop_map(Wrapped::Value),
        any::<String>().prop_map(|text| Wrapped::Fields { text }),
    ]
}

fn whole() -> impl Strategy<Value = Whole> {
    let first = (
        any::<(String, char, bool)>(),
        proptest::collection::vec(tagged(), 0..4),
        (adjacent(), adjacent()),
        wrapped(inner()),
        prop_oneof![adjacent().prop_map(Ok), tagged().prop_map(Err)],
        proptest::collection::vec((any::<String>(), -1e9..1e9), 0..4),
    );
    let second = (
        proptest::option::of(inner()),
        proptest::collection::btree_map(any::<String>(), wrapped(any::<u64>()), 0..4),
        any::<(Vec<u8>, i32)>(),
    );
    (first, second).prop_map(|(first, (option, by_text, (list, nine)))| {
        let ((id, letter, is_true), tagged, adjacent, wrapped, outcome, pairs) = first;
        let by_name = option.iter().map(|inner| (inner.name, inner.real)).collect();
        let (id, adjacent, option) = (Id(id), adjacent.into(), option.map(Box::new));
        Whole {
            id,
            letter,
            is_true,
            tagged,
            adjacent,
            wrapped,
            outcome,
            pairs,
            by_name,
            by_text,
            option,
            list,
            nine,
            skipped: 0,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_value_is_written_and_read_as_by_serde(value in whole()) {
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(&json::to_string(&value), &text);
        prop_assert_eq!(&json::from_str::<Whole>(&text).unwrap(), &value);
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(&json::pretty(&text), &pretty);
        prop_assert_eq!(&json::from_str::<Whole>(&pretty).unwrap(), &value);
    }

    #[test]
    fn flat_fields_stand_in_the_object(inner in inner(), first in any::<u8>(), last in any::<Option<u8>>()) {
        let flat = Flat { first, inner, last };
        prop_assert_eq!(json::to_string(&flat), serde_json::to_string(&flat).unwrap());
    }

    #[test]
    fn a_changed_text_is_refused_or_read_as_by_serde(
        value in whole(), at in any::<proptest::sample::Index>(), with in "[-{}\\[\\]\",:0-9a-z\\\\. ]{0,2}"
    ) {
        let mut text = serde_json::to_string(&value).unwrap();
        let at = at.index(text.len());
        if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
            text.replace_range(at..=at, &with);
        }
        same_value(&text)?;
    }

    #[test]
    fn any_text_is_refused_or_read_as_by_serde(text in "[-{}\\[\\]\",:0-9eEtruflsn\\\\. ]{0,12}|.*") {
        same::<f64>(&text)?;
        same::<u64>(&text)?;
        same::<i8>(&text)?;
        same::<String>(&text)?;
        same::<Vec<Option<bool>>>(&text)?;
        same::<BTreeMap<String, f64>>(&text)?;
    }
}

type Held = Result<(), proptest::test_runner::TestCaseError>;

/// Reads alike, or both refuse.
fn same<T: Both>(text: &str) -> Held {
    let (ours, theirs) = (json::from_str::<T>(text).ok(), serde_json::from_str::<T>(text).ok());
    prop_assert_eq!(ours, theirs, "{}", text);
    Ok(())
}

/// What serde reads we read alike. A field that stands twice serde refuses; here the first counts.
fn same_value(text: &str) -> Held {
    if let Ok(theirs) = serde_json::from_str::<Whole>(text) {
        prop_assert_eq!(json::from_str::<Whole>(text).unwrap(), theirs, "{}", text);
    } else if let Ok(ours) = json::from_str::<Whole>(text) {
        prop_assert!(json::from_str::<Whole>(&json::to_string(&ours)).is_ok());
    }
    Ok(())
}

#[track_caller]
fn refused<T: FromJson + Debug>(text: &str, expected: &str) {
    assert_eq!(json::from_str::<T>(text).unwrap_err().to_string(), expected);
}

#[test]
fn what_does_not_fit_is_named_with_its_place() {
    refused::<Inner>(r#"{"real":1,"whole":2}"#, "missing field `name` at line 1 column 1");
    refused::<Inner>(
        "{\"real\":1,\n \"whole\":2.5,\"name\":\"C\"}",
        "expected a whole number within its bounds at line 2 column 10",
    );
    refused::<Inner>("[]", "expected an object at line 1 column 1");
    refused::<Name>("\"utf9\"", "expected one of the kinds this version knows at line 1 column 2");
    refused::<Tagged>(r#"{"type":"fields"}"#, "missing field `low` at line 1 column 1");
    refused::<(u8, u8)>("[1]", "expected a longer list at line 1 column 1");
    refused::<(u8, u8)>("[1,2,3]", "expected a shorter list at line 1 column 1");
    refused::<u8>("256", "expected a whole number within its bounds at line 1 column 1");
    refused::<f64>("1e999", "expected a number at line 1 column 1");
    refused::<String>(
        "\"\\ud800\"",
        "expected an escape that JSON knows, surrogates in pairs, at line 1 column 8",
    );
    refused::<Vec<u8>>("[1,]", "expected a value at line 1 column 4");
    refused::<u8>("1 2", "expected the end at line 1 column 3");
}

#[test]
fn unknown_fields_are_passed_over() {
    let text = r#"{"new":{"deep":[1,{}]},"real":-0,"whole":-9223372036854775808,"name":"utf8"}"#;
    let read: Inner = json::from_str(text).unwrap();
    assert_eq!(read, Inner { real: -0.0, whole: i64::MIN, name: Name::Utf8 });
    assert!(read.real.is_sign_negative());
}

#[test]
fn nesting_has_a_bound() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::Document::parse(&nested(MAX_DEPTH)).is_ok());
    assert!(json::Document::parse(&nested(MAX_DEPTH + 1)).is_err());
    assert!(json::Document::parse(&nested(1_000_000)).is_err());
}
