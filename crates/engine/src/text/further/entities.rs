//! HTML's character references in a text: where they stand and what they mean, as Python's `html.unescape`
//! for the names of HTML 4, `apos` and all numbers.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::text::edits::Edit;

/// Name and code point (hexadecimal) of each entity; `!` marks those that browsers also read without their
/// semicolon. From Python 3.11: `html.entities.name2codepoint`, `apos` and the names in `html5` without a
/// semicolon, with the values of `html5`.
const NAMES: &str = "\
AElig! c6 AMP! 26 Aacute! c1 Acirc! c2 Agrave! c0 Alpha 391 Aring! c5 Atilde! c3 Auml! c4 Beta 392 COPY! \
a9 Ccedil! c7 Chi 3a7 Dagger 2021 Delta 394 ETH! d0 Eacute! c9 Ecirc! ca Egrave! c8 Epsilon 395 Eta 397 \
Euml! cb GT! 3e Gamma 393 Iacute! cd Icirc! ce Igrave! cc Iota 399 Iuml! cf Kappa 39a LT! 3c Lambda 39b Mu \
39c Ntilde! d1 Nu 39d OElig 152 Oacute! d3 Ocirc! d4 Ograve! d2 Omega 3a9 Omicron 39f Oslash! d8 Otilde! \
d5 Ouml! d6 Phi 3a6 Pi 3a0 Prime 2033 Psi 3a8 QUOT! 22 REG! ae Rho 3a1 Scaron 160 Sigma 3a3 THORN! de Tau \
3a4 Theta 398 Uacute! da Ucirc! db Ugrave! d9 Upsilon 3a5 Uuml! dc Xi 39e Yacute! dd Yuml 178 Zeta 396 \
aacute! e1 acirc! e2 acute! b4 aelig! e6 agrave! e0 alefsym 2135 alpha 3b1 amp! 26 and 2227 ang 2220 apos \
27 aring! e5 asymp 2248 atilde! e3 auml! e4 bdquo 201e beta 3b2 brvbar! a6 bull 2022 cap 2229 ccedil! e7 \
cedil! b8 cent! a2 chi 3c7 circ 2c6 clubs 2663 cong 2245 copy! a9 crarr 21b5 cup 222a curren! a4 dArr 21d3 \
dagger 2020 darr 2193 deg! b0 delta 3b4 diams 2666 divide! f7 eacute! e9 ecirc! ea egrave! e8 empty 2205 \
emsp 2003 ensp 2002 epsilon 3b5 equiv 2261 eta 3b7 eth! f0 euml! eb euro 20ac exist 2203 fnof 192 forall \
2200 frac12! bd frac14! bc frac34! be frasl 2044 gamma 3b3 ge 2265 gt! 3e hArr 21d4 harr 2194 hearts 2665 \
hellip 2026 iacute! ed icirc! ee iexcl! a1 igrave! ec image 2111 infin 221e int 222b iota 3b9 iquest! bf \
isin 2208 iuml! ef kappa 3ba lArr 21d0 lambda 3bb lang 27e8 laquo! ab larr 2190 lceil 2308 ldquo 201c le \
2264 lfloor 230a lowast 2217 loz 25ca lrm 200e lsaquo 2039 lsquo 2018 lt! 3c macr! af mdash 2014 micro! b5 \
middot! b7 minus 2212 mu 3bc nabla 2207 nbsp! a0 ndash 2013 ne 2260 ni 220b not! ac notin 2209 nsub 2284 \
ntilde! f1 nu 3bd oacute! f3 ocirc! f4 oelig 153 ograve! f2 oline 203e omega 3c9 omicron 3bf oplus 2295 or \
2228 ordf! aa ordm! ba oslash! f8 otilde! f5 otimes 2297 ouml! f6 para! b6 part 2202 permil 2030 perp 22a5 \
phi 3c6 pi 3c0 piv 3d6 plusmn! b1 pound! a3 prime 2032 prod 220f prop 221d psi 3c8 quot! 22 rArr 21d2 \
radic 221a rang 27e9 raquo! bb rarr 2192 rceil 2309 rdquo 201d real 211c reg! ae rfloor 230b rho 3c1 rlm \
200f rsaquo 203a rsquo 2019 sbquo 201a scaron 161 sdot 22c5 sect! a7 shy! ad sigma 3c3 sigmaf 3c2 sim 223c \
spades 2660 sub 2282 sube 2286 sum 2211 sup 2283 sup1! b9 sup2! b2 sup3! b3 supe 2287 szlig! df tau 3c4 \
there4 2234 theta 3b8 thetasym 3d1 thinsp 2009 thorn! fe tilde 2dc times! d7 trade 2122 uArr 21d1 uacute! \
fa uarr 2191 ucirc! fb ugrave! f9 uml! a8 upsih 3d2 upsilon 3c5 uuml! fc weierp 2118 xi 3be yacute! fd \
yen! a5 yuml! ff zeta 3b6 zwj 200d zwnj 200c";

/// Longest name that Python looks at.
const MAX_NAME_CHARS: usize = 32;
/// What Windows-1252 has from 0x80 to 0x9f: HTML reads these numbers so; itself where it has nothing.
const WINDOWS_1252: [u32; 32] = [
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
    0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
    0x153, 0x9d, 0x17e, 0x178,
];

/// The entities by name.
#[derive(Clone, Debug)]
pub(in crate::text) struct Entities(FxHashMap<&'static str, (char, bool)>);

impl Entities {
    pub(super) fn new() -> Self {
        let mut words = NAMES.split(' ');
        let mut entities = FxHashMap::default();
        while let (Some(name), Some(code)) = (words.next(), words.next()) {
            let code = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
            let value = code.expect("the table holds code points");
            let bare = name.trim_end_matches('!');
            entities.insert(bare, (value, bare.len() < name.len()));
        }
        Self(entities)
    }

    /// Each reference and what takes its place.
    pub(super) fn edits(&self, text: &str) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut from = 0;
        while let Some(n_before) = text[from..].find('&') {
            let start = from + n_before;
            from = start + 1;
            if let Some((end, with)) = self.reference(text, from) {
                edits.push((start..end, with.map_or_else(String::new, String::from).into()));
                from = end;
            }
        }
        edits
    }

    /// End and meaning of the reference whose ampersand stands before `start`, if there is one.
    fn reference(&self, text: &str, start: usize) -> Option<(usize, Option<char>)> {
        if text[start..].starts_with('#') {
            let (end, code) = number(text, start + 1)?;
            return Some((after_semicolon(text, end), char_of(code)));
        }
        let ends = |c: char| matches!(c, '\t' | '\n' | '\x0c' | ' ' | '<' | '&' | '#' | ';');
        let rest = &text[start..];
        let name: Range<usize> =
            0..rest.char_indices().take(MAX_NAME_CHARS).find(|(_, c)| ends(*c)).map_or_else(
                || rest.char_indices().nth(MAX_NAME_CHARS).map_or(rest.len(), |(place, _)| place),
                |(place, _)| place,
            );
        let name = &rest[name];
        if rest[name.len()..].starts_with(';')
            && let Some((value, _)) = self.0.get(name)
        {
            return Some((start + name.len() + 1, Some(*value)));
        }
        // The longest beginning that browsers read without a semicolon, of two characters or more.
        let beginnings = (2..=name.len()).rev().filter_map(|end| Some((end, name.get(..end)?)));
        let known = |(end, name)| match self.0.get(name) {
            Some(&(value, true)) => Some((start + end, Some(value))),
            _ => None,
        };
        beginnings.filter_map(known).next()
    }
}

/// Digits from `start`, decimal or after an `x` hexadecimal: where they end and their value, as far as 32 bits
/// tell.
fn number(text: &str, start: usize) -> Option<(usize, u32)> {
    let rest = &text[start..];
    let (first, radix) = if rest.starts_with(['x', 'X']) { (start + 1, 16) } else { (start, 10) };
    let n_digits = text[first..].bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let digits = &text[first..first + n_digits];
    let value = digits
        .chars()
        .filter_map(|c| c.to_digit(radix))
        .fold(0_u32, |value, digit| value.saturating_mul(radix).saturating_add(digit));
    (n_digits > 0).then_some((first + n_digits, value))
}

fn after_semicolon(text: &str, end: usize) -> usize {
    end + usize::from(text[end..].starts_with(';'))
}

/// The character a number stands for, as the HTML standard says: none for control and other unassigned ones.
fn char_of(code: u32) -> Option<char> {
    match code {
        0 | 0xd800..=0xdfff | 0x11_0000.. => Some('\u{fffd}'),
        0x80..=0x9f => char::from_u32(WINDOWS_1252[code as usize - 0x80]),
        0x0d => Some('\r'),
        0x01..=0x08 | 0x0b | 0x0e..=0x1f | 0x7f | 0xfdd0..=0xfdef => None,
        code if code & 0xfffe == 0xfffe => None,
        code => char::from_u32(code),
    }
}
