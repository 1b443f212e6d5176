//! JSON text in, a flat tree over it out: where each value begins and ends. Nothing is copied from the text.

/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What a missing field is read from.
    Missing,
    Null,
    False,
    True,
    Number,
    Text,
    /// A text with an escape in it.
    Escaped,
    Array,
    Object,
}

/// A value. Of a scalar `start..end` are its bytes, without quotes; of a container `end` is the entry after
/// its last. An object's entries are keys and values in turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

/// Walks over a text. Its first entry is what missing fields are read from, its second the whole.
pub(crate) struct Parser<'a> {
    text: &'a str,
    pub at: usize,
    pub entries: Vec<Entry>,
}

impl<'a> Parser<'a> {
    /// At the beginning of a text of at most `u32::MAX` bytes.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, entries: vec![Entry { kind: Kind::Missing, start: 0, end: 0 }] }
    }

    /// Parses all of the text. On a fault `at` is where it stands.
    pub fn whole(&mut self) -> Result<(), &'static str> {
        self.value(0)?;
        match self.peek() {
            None => Ok(()),
            Some(_) => Err("expected the end"),
        }
    }

    /// The byte here.
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    /// Whether `wanted` comes next; then it is taken.
    fn take(&mut self, wanted: u8) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        // The text's length was checked.
        self.entries.push(Entry { kind, start: start as u32, end: end as u32 });
    }

    fn value(&mut self, depth: usize) -> Result<(), &'static str> {
        match self.peek() {
            Some(b'{') => self.container(Kind::Object, depth),
            Some(b'[') => self.container(Kind::Array, depth),
            Some(b'"') => self.quoted(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Kind::True),
            Some(b'f') => self.word("false", Kind::False),
            Some(b'n') => self.word("null", Kind::Null),
            _ => Err("expected a value"),
        }
    }

    fn container(&mut self, kind: Kind, depth: usize) -> Result<(), &'static str> {
        if depth == MAX_DEPTH {
            return Err("it is nested too deeply");
        }
        let own = self.entries.len();
        self.push(kind, self.at, 0);
        self.at += 1;
        let close = if kind == Kind::Object { b'}' } else { b']' };
        let mut is_first = true;
        while !self.take(close) {
            if !is_first && !self.take(b',') {
                return Err("expected a comma or the end of a list");
            }
            is_first = false;
            if kind == Kind::Object {
                if self.peek() != Some(b'"') {
                    return Err("expected a key");
                }
                self.quoted()?;
                if !self.take(b':') {
                    return Err("expected a colon");
                }
            }
            self.value(depth + 1)?;
        }
        self.entries[own].end = self.entries.len() as u32;
        Ok(())
    }

    fn quoted(&mut self) -> Result<(), &'static str> {
        let start = self.at + 1;
        let mut kind = Kind::Text;
        loop {
            self.at += 1;
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.at += 1;
                }
                None | Some(0..32) => return Err("expected the end of a text"),
                Some(_) => {}
            }
        }
        if kind == Kind::Escaped && unescaped(&self.text[start..self.at]).is_none() {
            return Err("expected an escape that JSON knows, surrogates in pairs,");
        }
        self.push(kind, start, self.at);
        self.at += 1;
        Ok(())
    }

    fn number(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        let begins_with_zero = self.byte() == Some(b'0');
        let n_digits = self.digits();
        let mut is_number = n_digits == 1 || (n_digits > 1 && !begins_with_zero);
        if self.byte() == Some(b'.') {
            self.at += 1;
            is_number &= self.digits() > 0;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            is_number &= self.digits() > 0;
        }
        if !is_number {
            return Err("expected a number");
        }
        self.push(Kind::Number, start, self.at);
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        self.at - start
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), &'static str> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err("expected a value");
        }
        self.push(kind, self.at, self.at);
        self.at += word.len();
        Ok(())
    }
}

/// A text with its escapes resolved; `None` where one is none of JSON's or half of a pair.
pub(crate) fn unescaped(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut parts = raw.split('\\');
    text.push_str(parts.next()?);
    while let Some(part) = parts.next() {
        let Some(letter) = part.chars().next() else {
            // A backslash was escaped: what follows up to the next one is plain.
            text.push('\\');
            text.push_str(parts.next()?);
            continue;
        };
        let (plain, n_bytes) = match letter {
            '"' | '/' => (letter, 1),
            'b' => ('\u{8}', 1),
            'f' => ('\u{c}', 1),
            'n' => ('\n', 1),
            'r' => ('\r', 1),
            't' => ('\t', 1),
            'u' => {
                let unit = code_unit(part)?;
                if !(0xd800..0xdc00).contains(&unit) {
                    (char::from_u32(unit)?, 5)
                } else if part.len() == 5 {
                    let low = parts.next()?;
                    let second = code_unit(low).filter(|unit| (0xdc00..0xe000).contains(unit))?;
                    text.push(char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (second - 0xdc00))?);
                    text.push_str(&low[5..]);
                    continue;
                } else {
                    return None;
                }
            }
            _ => return None,
        };
        text.push(plain);
        text.push_str(&part[n_bytes..]);
    }
    Some(text)
}

/// The number in `uXXXX`.
fn code_unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix('u')?.get(..4)?;
    // `from_str_radix` takes a sign.
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
