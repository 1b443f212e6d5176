//! The functions that a page calls. In: bytes laid where `input` says. Out: 1 and the answer's bytes at `output`, or 0 and
//! one sentence there.
//!
//! Never: more than one thread; every instance is one model.

use std::cell::RefCell;

use crate::Session;

/// Most bytes that are laid in at once: the largest model that is read.
const MAX_INPUT_BYTES: u32 = 512 << 20;
const NOT_OPEN: &str = "There is no model: open one first.";

#[derive(Default)]
struct Desk {
    input: Vec<u8>,
    output: Vec<u8>,
    session: Option<Session>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Room for so many bytes of input, and where it begins; 0 where that is too much.
#[unsafe(no_mangle)]
pub extern "C" fn input(n_bytes: u32) -> usize {
    if n_bytes > MAX_INPUT_BYTES {
        return 0;
    }
    DESK.with_borrow_mut(|desk| {
        desk.input.clear();
        desk.input.resize(n_bytes as usize, 0);
        desk.input.as_mut_ptr() as usize
    })
}

/// Where the last answer begins.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> usize {
    DESK.with_borrow(|desk| desk.output.as_ptr() as usize)
}

/// How many bytes it has.
#[unsafe(no_mangle)]
pub extern "C" fn output_bytes() -> usize {
    DESK.with_borrow(|desk| desk.output.len())
}

/// Opens the model in the input.
#[unsafe(no_mangle)]
pub extern "C" fn open() -> u32 {
    DESK.with_borrow_mut(|desk| {
        let opened = Session::open(&std::mem::take(&mut desk.input));
        let told = opened.map(|(session, about)| {
            desk.session = Some(session);
            about.into_bytes()
        });
        say(&mut desk.output, told)
    })
}

/// What the model says of the text in the input.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> u32 {
    ask(|session, input| {
        let text = String::from_utf8_lossy(input);
        Ok(session.answer(&text)?.into_bytes())
    })
}

/// A table of so many bytes begins.
#[unsafe(no_mangle)]
pub extern "C" fn begin_table(total_bytes: f64) -> u32 {
    ask(|session, _| {
        session.begin_table(total_bytes as u64);
        Ok(Vec::new())
    })
}

/// The next bytes of its first pass stand in the input.
#[unsafe(no_mangle)]
pub extern "C" fn scan() -> u32 {
    ask(|session, input| session.scan(input).map(|()| Vec::new()))
}

/// The first pass ends.
#[unsafe(no_mangle)]
pub extern "C" fn table() -> u32 {
    ask(|session, _| session.table_told().map(String::into_bytes))
}

/// The second pass begins.
#[unsafe(no_mangle)]
pub extern "C" fn answer_column(column: u32) -> u32 {
    ask(|session, _| session.answer_column(column).map(|()| Vec::new()))
}

/// The next bytes of the second pass stand in the input.
#[unsafe(no_mangle)]
pub extern "C" fn push() -> u32 {
    ask(Session::push)
}

/// The second pass ends.
#[unsafe(no_mangle)]
pub extern "C" fn finish() -> u32 {
    ask(|session, _| session.finish())
}

fn ask(question: impl FnOnce(&mut Session, &[u8]) -> Result<Vec<u8>, String>) -> u32 {
    DESK.with_borrow_mut(|desk| {
        let told = match &mut desk.session {
            Some(session) => question(session, &desk.input),
            None => Err(NOT_OPEN.to_owned()),
        };
        say(&mut desk.output, told)
    })
}

fn say(output: &mut Vec<u8>, told: Result<Vec<u8>, String>) -> u32 {
    let is_told = told.is_ok();
    *output = told.unwrap_or_else(String::into_bytes);
    u32::from(is_told)
}
