//! Structs and lists field by field, from tables: a page fetches a table of a type's fields in place of the
//! code that would read and write each of them.
//!
//! The only unsafe code of this crate. A table's entry is made from a field's own type and offset, so whoever
//! walks the table needs to know neither; the derives alone make tables of whole structs.

use std::mem::{MaybeUninit, offset_of, transmute};

use crate::document::{FromJson, Node};
use crate::write::{ToJson, Writer};

type ReadTo = unsafe fn(*mut u8, Node<'_>);
type FillIn = unsafe fn(*mut u8);
type WriteFrom = unsafe fn(*const u8, &mut Writer);
type IsLeftOut = unsafe fn(*const u8) -> bool;

/// How a field is read.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ReadField {
    name: &'static str,
    offset: usize,
    is_required: bool,
    /// Of a field that is not in the text at all.
    fill: Option<FillIn>,
    read: ReadTo,
}

impl ReadField {
    /// A field of type `T` at `offset`.
    pub const fn new<T: FromJson>(name: &'static str, offset: usize, is_required: bool) -> Self {
        Self { name, offset, is_required, fill: None, read: reader::<T>() }
    }

    /// One that is never in a text: it is what `fill` gives.
    pub const fn absent<T>(offset: usize, fill: fn(&mut MaybeUninit<T>, Node<'_>)) -> Self {
        // SAFETY: as in `reader`.
        let read = unsafe { transmute::<fn(&mut MaybeUninit<T>, Node<'_>), ReadTo>(fill) };
        Self { name: "", offset, is_required: false, fill: None, read }
    }

    /// A field of type `T` at `offset`; where the text is without it, it is what `fill` gives.
    pub const fn or<T: FromJson>(name: &'static str, offset: usize, fill: fn(&mut MaybeUninit<T>)) -> Self {
        // SAFETY: as in `reader`.
        let fill = unsafe { transmute::<fn(&mut MaybeUninit<T>), FillIn>(fill) };
        Self { name, offset, is_required: false, fill: Some(fill), read: reader::<T>() }
    }
}

/// How a field is written.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct WriteField {
    name: &'static str,
    offset: usize,
    /// Its fields stand among the struct's own.
    is_flat: bool,
    is_left_out: Option<IsLeftOut>,
    write: WriteFrom,
}

impl WriteField {
    /// A field of type `T` at `offset`.
    pub const fn new<T: ToJson>(name: &'static str, offset: usize) -> Self {
        Self { name, offset, is_flat: false, is_left_out: None, write: writer::<T>() }
    }

    /// The same, left out where `is_left_out` says so.
    pub const fn unless<T: ToJson>(name: &'static str, offset: usize, is_left_out: fn(&T) -> bool) -> Self {
        // SAFETY: as in `writer`.
        let is_left_out = unsafe { transmute::<fn(&T) -> bool, IsLeftOut>(is_left_out) };
        Self { is_left_out: Some(is_left_out), ..Self::new::<T>(name, offset) }
    }

    /// One whose own fields stand among the struct's.
    pub const fn flat<T: ToJson>(offset: usize) -> Self {
        Self { is_flat: true, ..Self::new::<T>("", offset) }
    }
}

const fn reader<T: FromJson>() -> ReadTo {
    // SAFETY: a reference and a pointer to a sized type are passed alike, and whoever calls it vouches that
    // the pointer is to room for a `T`.
    unsafe { transmute::<fn(&mut MaybeUninit<T>, Node<'_>), ReadTo>(read_to::<T>) }
}

fn read_to<T: FromJson>(to: &mut MaybeUninit<T>, node: Node<'_>) {
    to.write(T::read(node));
}

const fn writer<T: ToJson>() -> WriteFrom {
    // SAFETY: a reference and a pointer to a sized type are passed alike, and whoever calls it vouches that
    // the pointer is to a `T`.
    unsafe { transmute::<fn(&T, &mut Writer), WriteFrom>(<T as ToJson>::write) }
}

/// Reads the struct whose fields are `fields`.
///
/// # Safety
/// `fields` has each field of `T` once, with its own type and offset.
#[doc(hidden)]
pub unsafe fn read_struct<T>(node: Node<'_>, fields: &[ReadField]) -> T {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: there is room for a `T`, and after its fields all of it has been written.
    unsafe {
        read_fields(node, fields, value.as_mut_ptr().cast());
        value.assume_init()
    }
}

#[inline(never)]
unsafe fn read_fields(node: Node<'_>, fields: &[ReadField], to: *mut u8) {
    for field in fields {
        let value = if field.is_required { node.required(field.name) } else { node.field(field.name) };
        // SAFETY: the caller's `to` is room for the struct that the fields were made of.
        unsafe {
            let to = to.add(field.offset);
            match field.fill {
                Some(fill) if value.is_missing() => fill(to),
                _ => (field.read)(to, value),
            }
        }
    }
}

/// Writes the struct whose fields are `fields`.
///
/// # Safety
/// Each of `fields` is one of `T`, with its own type and offset.
#[doc(hidden)]
pub unsafe fn write_struct<T>(value: &T, fields: &[WriteField], out: &mut Writer) {
    // SAFETY: it is a `T`, and the caller vouches for its fields.
    unsafe { write_fields((&raw const *value).cast(), fields, out) }
}

#[inline(never)]
unsafe fn write_fields(from: *const u8, fields: &[WriteField], out: &mut Writer) {
    out.open();
    for field in fields {
        // SAFETY: the caller's `from` is the struct that the fields were made of.
        unsafe {
            let from = from.add(field.offset);
            if field.is_left_out.is_some_and(|is_left_out| is_left_out(from)) {
                continue;
            }
            if field.is_flat {
                out.join();
                (field.write)(from, out);
                out.joined();
            } else {
                out.key(field.name);
                (field.write)(from, out);
            }
        }
    }
    out.close();
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(node: Node<'_>) -> Self {
        let n_items = node.n_items();
        let mut values = Vec::<T>::with_capacity(n_items);
        // SAFETY: there is room for as many as the list has, and after this they have all been written.
        unsafe {
            read_items(node, values.as_mut_ptr().cast(), size_of::<T>(), reader::<T>());
            values.set_len(n_items);
        }
        values
    }
}

#[inline(never)]
unsafe fn read_items(node: Node<'_>, to: *mut u8, size: usize, read: ReadTo) {
    for (idx, item) in node.items().enumerate() {
        // SAFETY: the caller's `to` is room for all of the list, whose elements have that size.
        unsafe { read(to.add(idx * size), item) };
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn read(node: Node<'_>) -> Self {
        let mut values = MaybeUninit::<Self>::uninit();
        // SAFETY: there is room for `N` values, and after this they have all been written.
        unsafe {
            read_array(node, values.as_mut_ptr().cast(), [N, size_of::<T>()], reader::<T>());
            values.assume_init()
        }
    }
}

#[inline(never)]
unsafe fn read_array(node: Node<'_>, to: *mut u8, [n_items, size]: [usize; 2], read: ReadTo) {
    let mut items = node.items();
    for idx in 0..n_items {
        // SAFETY: the caller's `to` is room for so many values of that size.
        unsafe { read(to.add(idx * size), items.required()) };
    }
    items.end();
}

macro_rules! tuples {
    ($(($($part:ident $idx:tt),*)),*) => {$(
        impl<$($part: FromJson),*> FromJson for ($($part,)*) {
            fn read(node: Node<'_>) -> Self {
                let mut values = MaybeUninit::<Self>::uninit();
                let parts = const { &[$((offset_of!(Self, $idx), reader::<$part>())),*] };
                // SAFETY: these are all parts of the tuple, and after this they have been written.
                unsafe {
                    read_parts(node, values.as_mut_ptr().cast(), parts);
                    values.assume_init()
                }
            }
        }

        impl<$($part: ToJson),*> ToJson for ($($part,)*) {
            fn write(&self, out: &mut Writer) {
                let parts = const { &[$((offset_of!(Self, $idx), writer::<$part>())),*] };
                // SAFETY: these are parts of the tuple.
                unsafe { write_parts((&raw const *self).cast(), parts, out) }
            }
        }
    )*};
}

tuples!((A 0, B 1), (A 0, B 1, C 2));

#[inline(never)]
unsafe fn read_parts(node: Node<'_>, to: *mut u8, parts: &[(usize, ReadTo)]) {
    let mut items = node.items();
    for (offset, read) in parts {
        // SAFETY: the caller's `to` is room for a tuple with these parts.
        unsafe { read(to.add(*offset), items.required()) };
    }
    items.end();
}

#[inline(never)]
unsafe fn write_parts(from: *const u8, parts: &[(usize, WriteFrom)], out: &mut Writer) {
    out.word("[");
    for (offset, write) in parts {
        out.part();
        // SAFETY: the caller's `from` is a tuple with these parts.
        unsafe { write(from.add(*offset), out) };
    }
    out.word("]");
}

/// The keys and values of the object at `node`, in its order.
pub fn read_members<K: FromJson, V: FromJson>(node: Node<'_>) -> Vec<(K, V)> {
    let n_members = node.n_members();
    let mut members = Vec::<(K, V)>::with_capacity(n_members);
    let [key, value] = [offset_of!((K, V), 0), offset_of!((K, V), 1)];
    // SAFETY: there is room for as many as the object has, and after this they have all been written.
    unsafe {
        let (to, size) = (members.as_mut_ptr().cast(), size_of::<(K, V)>());
        read_pairs(node, to, size, [(key, reader::<K>()), (value, reader::<V>())]);
        members.set_len(n_members);
    }
    members
}

#[inline(never)]
unsafe fn read_pairs(node: Node<'_>, to: *mut u8, size: usize, parts: [(usize, ReadTo); 2]) {
    let [(key_offset, read_key), (value_offset, read_value)] = parts;
    for (idx, (key, value)) in node.members().enumerate() {
        // SAFETY: the caller's `to` is room for all of the object's pairs, which have that size and these parts.
        unsafe {
            let to = to.add(idx * size);
            read_key(to.add(key_offset), key);
            read_value(to.add(value_offset), value);
        }
    }
}

impl<T: ToJson> ToJson for [T] {
    fn write(&self, out: &mut Writer) {
        // SAFETY: so many values of that type stand there one after another.
        unsafe { write_items(self.as_ptr().cast(), self.len(), size_of::<T>(), writer::<T>(), out) }
    }
}

#[inline(never)]
unsafe fn write_items(from: *const u8, n_items: usize, size: usize, write: WriteFrom, out: &mut Writer) {
    out.word("[");
    for idx in 0..n_items {
        out.part();
        // SAFETY: the caller's `from` are so many values of that size.
        unsafe { write(from.add(idx * size), out) };
    }
    out.word("]");
}

/// Writes keys and values as an object. Keys are texts, or types written as one.
pub fn write_members<K: ToJson, V: ToJson>(members: &[(K, V)], out: &mut Writer) {
    let [key, value] = [offset_of!((K, V), 0), offset_of!((K, V), 1)];
    // SAFETY: so many pairs of those types stand there one after another.
    unsafe {
        let (from, size) = (members.as_ptr().cast(), size_of::<(K, V)>());
        write_pairs(from, members.len(), size, [(key, writer::<K>()), (value, writer::<V>())], out);
    }
}

#[inline(never)]
unsafe fn write_pairs(
    from: *const u8,
    n_pairs: usize,
    size: usize,
    parts: [(usize, WriteFrom); 2],
    out: &mut Writer,
) {
    let [(key_offset, write_key), (value_offset, write_value)] = parts;
    out.open();
    for idx in 0..n_pairs {
        out.part();
        // SAFETY: the caller's `from` are so many pairs of that size with these parts.
        unsafe {
            let from = from.add(idx * size);
            write_key(from.add(key_offset), out);
            out.colon();
            write_value(from.add(value_offset), out);
        }
    }
    out.close();
}
