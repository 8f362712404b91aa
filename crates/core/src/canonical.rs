//! Normal forms: when two values are the same, applied to both sides before anything is compared.
//!
//! Invariant: what a person would call the same contact is the same value. Order, case of addresses and punctuation of
//! numbers are never drift (DOMAIN D2, design §2).

use jiff::Timestamp;
use tenant_contacts_api::{digest::Digest, field::Field};

use crate::{digest, field::Shape};

/// Whether two single values are the same.
pub fn same(shape: Shape, a: &str, b: &str) -> bool {
    match shape {
        Shape::Addresses => a.eq_ignore_ascii_case(b),
        Shape::Phones => significant(a).eq(significant(b)),
        Shape::Text => a == b,
    }
}

/// The characters of a phone number that carry meaning: digits, a leading plus, an extension mark. What is not ASCII, or a
/// control character, is not punctuation: a number that holds one looks right and may not be dialled.
fn significant(phone: &str) -> impl Iterator<Item = char> + '_ {
    let carries = |c: char| c.is_ascii_alphanumeric() || c == '+' || !c.is_ascii() || c.is_ascii_control();
    phone.chars().filter(move |c| carries(*c)).map(|c| c.to_ascii_lowercase())
}

/// Whether `set` has `value`.
pub fn has(shape: Shape, set: &[Box<str>], value: &str) -> bool {
    set.iter().any(|entry| same(shape, entry, value))
}

/// Whether every value of `subset` is in `set`.
pub fn covers(shape: Shape, set: &[Box<str>], subset: &[Box<str>]) -> bool {
    subset.iter().all(|value| has(shape, set, value))
}

/// Whether two lists are the same set.
pub fn equal(shape: Shape, a: &[Box<str>], b: &[Box<str>]) -> bool {
    covers(shape, a, b) && covers(shape, b, a)
}

/// `values` without repetitions, first spelling kept, order kept.
pub fn distinct<'a>(shape: Shape, values: impl IntoIterator<Item = &'a str>) -> Vec<Box<str>> {
    let mut set: Vec<Box<str>> = Vec::new();
    for value in values {
        if !has(shape, &set, value) {
            set.push(value.into());
        }
    }
    set
}

/// Digest of a set in its normal form.
pub fn digest(field: Field, shape: Shape, values: &[Box<str>]) -> Digest {
    let normal_form = |value: &str| match shape {
        Shape::Addresses => value.to_ascii_lowercase(),
        Shape::Phones => significant(value).collect(),
        Shape::Text => value.to_owned(),
    };
    // Most sets have one value or none, and then there is nothing to sort.
    if let [] | [_] = values {
        let normal = values.first().map(|value| normal_form(value));
        return digest::of(field.path(), normal.iter().map(String::as_bytes));
    }
    let mut normal: Vec<String> = values.iter().map(|value| normal_form(value)).collect();
    normal.sort_unstable();
    normal.dedup();
    digest::of(field.path(), normal.iter().map(String::as_bytes))
}

/// The same of what ends by itself: its end is part of what it is.
pub fn digest_until(field: Field, shape: Shape, values: &[Box<str>], expires: Option<Timestamp>) -> Digest {
    let values_digest = digest(field, shape, values);
    match expires.filter(|_| !values.is_empty()) {
        Some(expires) => digest::of("until", [&values_digest.0[..], expires.to_string().as_bytes()]),
        None => values_digest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> Vec<Box<str>> {
        values.iter().map(|v| (*v).into()).collect()
    }

    #[test]
    fn d2_order_case_and_punctuation_are_not_drift() {
        assert!(equal(Shape::Addresses, &set(&["A@x.de", "b@x.de"]), &set(&["B@X.DE", "a@x.de", "a@X.de"])));
        assert!(equal(Shape::Phones, &set(&["+1 (425) 555-0100"]), &set(&["+1 4255550100"])));
        assert!(
            !equal(Shape::Phones, &set(&["+1 4255550100"]), &set(&["1 4255550100"])),
            "a leading plus carries meaning"
        );
        assert!(!equal(Shape::Text, &set(&["https://x/A"]), &set(&["https://x/a"])));
    }

    #[test]
    fn c1_a_number_with_characters_that_nobody_sees_is_another_one() {
        for live in ["\u{202a}+1 425 555 0100\u{202c}", "+1\u{2011}425\u{2011}555\u{2011}0100", "+1 425 555 0100\u{7f}"]
        {
            assert!(!equal(Shape::Phones, &set(&["+1 425 555 0100"]), &set(&[live])), "{live:?}");
        }
    }

    #[test]
    fn digest_agrees_with_equality() {
        let a = set(&["A@x.de", "b@x.de"]);
        let b = set(&["b@X.de", "a@x.de", "A@x.DE"]);
        let of = |values: &[Box<str>]| digest(Field::Technical, Shape::Addresses, values);
        assert_eq!(of(&a), of(&b));
        assert_ne!(of(&a), of(&a[..1]));
        assert_ne!(of(&a), digest(Field::Marketing, Shape::Addresses, &a), "the field is part of the digest");
    }
}
