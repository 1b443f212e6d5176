//! Good inputs made bad.
//! In: an input, other inputs, and a number. Out: the input with a few changes, always the same for one number.
//! Never: more than twice the bytes of what came in, and some.

use engine::num::RandomStream;

/// Most changes of one input.
const MOST_CHANGES: u64 = 6;
/// Longest piece that is moved, doubled or dropped.
const LONGEST_PIECE: u64 = 64;
/// What readers trip over: ends of numbers, quotes, marks of encodings, separators, deep nesting.
const PIECES: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    b"\"",
    b"\"\"",
    b"\r",
    b"\n",
    b"\r\n",
    b",",
    b";",
    b"\t",
    b"|",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":",
    b"null",
    b"true",
    b"-",
    b"1e999",
    b"-0",
    b"0.1e-400",
    b"18446744073709551616",
    b"4294967295",
    b"(((((((",
    b"a{1000}{1000}",
    b"(a*)*b",
    b"(?i)",
    b"\\p{L}",
    b"<",
    b">",
    b"&#",
    b"&#x110000;",
    b"http://",
    b"@",
    b"READ MORE",
    b"not ",
    b"soooooo",
    "👍🏽".as_bytes(),
    "\u{200d}".as_bytes(),
    "\u{301}".as_bytes(),
    "İ".as_bytes(),
    "ﬃ".as_bytes(),
    b"PK\x03\x04",
    b"PK\x05\x06",
];

/// `input` changed in the way of `number`; `others` lend pieces.
pub fn changed(input: &[u8], others: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut stream = RandomStream::new("hostile input", &[number]);
    let mut bytes = input.to_vec();
    for _ in 0..=stream.below(MOST_CHANGES) {
        change(&mut bytes, others, &mut stream);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, others: &[Vec<u8>], stream: &mut RandomStream) {
    let at = place(bytes, stream);
    let piece = |bytes: &[u8], stream: &mut RandomStream| {
        let start = place(bytes, stream);
        let n_bytes = stream.below(LONGEST_PIECE) as usize;
        bytes[start..bytes.len().min(start + n_bytes)].to_vec()
    };
    match stream.below(9) {
        0 => bytes.truncate(at),
        1 => {
            let end = bytes.len().min(at + stream.below(LONGEST_PIECE) as usize);
            bytes.drain(at..end);
        }
        2 | 3 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << stream.below(8);
            }
        }
        4 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = stream.below(256) as u8;
            }
        }
        5 => {
            let doubled = piece(bytes, stream);
            bytes.splice(at..at, doubled);
        }
        6 if !others.is_empty() => {
            let other = &others[stream.below(others.len() as u64) as usize];
            let lent = piece(other, stream);
            bytes.splice(at..at, lent);
        }
        _ => {
            let inserted = PIECES[stream.below(PIECES.len() as u64) as usize];
            bytes.splice(at..at, inserted.iter().copied());
        }
    }
}

/// A place in `bytes` or its end; more often than not near either end, where the headers are.
fn place(bytes: &[u8], stream: &mut RandomStream) -> usize {
    let n_places = bytes.len() as u64 + 1;
    let near = n_places.min(LONGEST_PIECE);
    match stream.below(4) {
        0 => stream.below(near) as usize,
        1 => (n_places - 1 - stream.below(near)) as usize,
        _ => stream.below(n_places) as usize,
    }
}
