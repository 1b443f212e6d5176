//! Values in, compact JSON out: fields in the order of the type, no spaces, nothing escaped that need not be.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::push_real::push_real;

/// A value that can be written as JSON. Derived for records; the attributes are serde's.
pub trait ToJson {
    /// Appends the value.
    fn write(&self, out: &mut Writer);
}

/// JSON under way.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    text: String,
    /// The next object's fields go into the one that is open already.
    is_joined: bool,
}

impl Writer {
    /// What was written.
    pub fn finish(self) -> String {
        self.text
    }

    /// Begins an object, or goes on with the one that `tag` or `join` left open for it.
    #[inline(never)]
    pub fn open(&mut self) {
        if !std::mem::take(&mut self.is_joined) {
            self.text.push('{');
        }
    }

    /// Ends an object.
    #[inline(never)]
    pub fn close(&mut self) {
        self.text.push('}');
    }

    /// Begins an object with `tag`, and leaves it open for the fields of the variant called `name`.
    #[inline(never)]
    pub fn tag(&mut self, tag: &str, name: &str) {
        self.open();
        self.key(tag);
        self.text(name);
        self.is_joined = true;
    }

    /// Begins an object of the one field `name`, whose value is to follow; `close` ends it.
    #[inline(never)]
    pub fn wrap(&mut self, name: &str) {
        self.open();
        self.key(name);
    }

    /// The fields of the next value go into the object that is open. `joined` is called after it.
    pub fn join(&mut self) {
        self.is_joined = true;
    }

    /// The object goes on after the fields that were joined.
    pub fn joined(&mut self) {
        self.text.pop();
    }

    /// Begins a field.
    #[inline(never)]
    pub fn key(&mut self, name: &str) {
        self.part();
        self.text(name);
        self.colon();
    }

    /// Ends a key.
    pub fn colon(&mut self) {
        debug_assert!(self.text.ends_with('"'), "a key is a text");
        self.text.push(':');
    }

    /// Begins an element of a list or an entry of a map: a comma, but before the first.
    #[inline(never)]
    pub fn part(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }

    /// Writes a text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.text.push('"');
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escaped = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                8 => "\\b",
                12 => "\\f",
                0..32 => "",
                _ => continue,
            };
            self.text.push_str(&text[from..at]);
            self.text.push_str(escaped);
            if escaped.is_empty() {
                // Writing to a string cannot fail.
                let _ = write!(self.text, "\\u{byte:04x}");
            }
            from = at + 1;
        }
        self.text.push_str(&text[from..]);
        self.text.push('"');
    }

    /// Writes a real number.
    #[inline(never)]
    pub fn real(&mut self, number: f64) {
        push_real(&mut self.text, number);
    }

    /// Writes a whole number.
    #[inline(never)]
    pub fn whole(&mut self, number: u64) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{number}");
    }

    /// Writes a whole number that may be below zero.
    #[inline(never)]
    pub fn signed(&mut self, number: i64) {
        if number < 0 {
            self.text.push('-');
        }
        self.whole(number.unsigned_abs());
    }

    /// Writes a number as it was written.
    pub(crate) fn raw(&mut self, number: &str) {
        self.text.push_str(number);
    }

    /// Writes `true`, `false` or `null`.
    #[inline(never)]
    pub fn word(&mut self, word: &'static str) {
        self.text.push_str(word);
    }
}

/// Compact JSON on lines of its own, indented by two spaces, as serde_json's `to_string_pretty`.
pub fn pretty(compact: &str) -> String {
    let mut text = String::new();
    let (mut depth, mut in_text, mut is_escaped) = (0, false, false);
    let mut characters = compact.chars().peekable();
    let new_line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    while let Some(character) = characters.next() {
        if in_text {
            text.push(character);
            in_text = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            '{' | '[' => {
                text.push(character);
                match characters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(close) => text.push(close),
                    None => {
                        depth += 1;
                        new_line(&mut text, depth);
                    }
                }
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(',');
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            other => {
                in_text = other == '"';
                text.push(other);
            }
        }
    }
    text
}

impl ToJson for str {
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }
}

impl ToJson for String {
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }
}

impl ToJson for char {
    fn write(&self, out: &mut Writer) {
        out.text(self.encode_utf8(&mut [0; 4]));
    }
}

impl ToJson for bool {
    fn write(&self, out: &mut Writer) {
        out.word(if *self { "true" } else { "false" });
    }
}

impl ToJson for f64 {
    fn write(&self, out: &mut Writer) {
        out.real(*self);
    }
}

macro_rules! whole_numbers {
    ($write:ident as $wide:ident: $($number:ident),*) => {$(
        impl ToJson for $number {
            fn write(&self, out: &mut Writer) {
                out.$write(*self as $wide);
            }
        }
    )*};
}

whole_numbers!(whole as u64: u8, u16, u32, u64, usize);
whole_numbers!(signed as i64: i8, i16, i32, i64);

impl<T: ToJson + ?Sized> ToJson for &T {
    fn write(&self, out: &mut Writer) {
        (**self).write(out);
    }
}

impl<T: ToJson + ?Sized> ToJson for Box<T> {
    fn write(&self, out: &mut Writer) {
        (**self).write(out);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write(&self, out: &mut Writer) {
        match self {
            Some(value) => value.write(out),
            None => out.word("null"),
        }
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write(&self, out: &mut Writer) {
        self.as_slice().write(out);
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn write(&self, out: &mut Writer) {
        self.as_slice().write(out);
    }
}

/// Keys are texts, or types written as one.
impl<K: ToJson, V: ToJson> ToJson for BTreeMap<K, V> {
    fn write(&self, out: &mut Writer) {
        out.open();
        for (key, value) in self {
            out.part();
            key.write(out);
            out.colon();
            value.write(out);
        }
        out.close();
    }
}

impl<T: ToJson, E: ToJson> ToJson for Result<T, E> {
    fn write(&self, out: &mut Writer) {
        match self {
            Ok(value) => {
                out.wrap("Ok");
                value.write(out);
            }
            Err(error) => {
                out.wrap("Err");
                error.write(out);
            }
        }
        out.close();
    }
}
