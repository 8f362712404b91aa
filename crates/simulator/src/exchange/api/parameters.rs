//! The parameters of a cmdlet: which there are, and what a call gives.
//!
//! Invariant: an unknown parameter is an error; names are taken in any case of letters.

use serde_json::{Map, Value};

use super::{cmdlets::Cmdlet, error::ExchangeError};

/// Form of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Switch,
    /// One text or several.
    Texts,
    /// Several texts, replaced as a whole or changed by a hash table.
    Changes,
}

/// A parameter of a cmdlet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) required: bool,
}

/// A text that may be left out.
pub(crate) const fn text(name: &'static str) -> Parameter {
    Parameter { name, form: Form::Text, required: false }
}

/// A text that must be given.
pub(crate) const fn needed(name: &'static str) -> Parameter {
    Parameter { name, form: Form::Text, required: true }
}

/// A switch.
pub(crate) const fn switch(name: &'static str) -> Parameter {
    Parameter { name, form: Form::Switch, required: false }
}

/// A list of texts.
pub(crate) const fn texts(name: &'static str) -> Parameter {
    Parameter { name, form: Form::Texts, required: false }
}

/// A list of texts that must be given.
pub(crate) const fn needed_texts(name: &'static str) -> Parameter {
    Parameter { name, form: Form::Texts, required: true }
}

/// A list that a hash table can change.
pub(crate) const fn changes(name: &'static str) -> Parameter {
    Parameter { name, form: Form::Changes, required: false }
}

/// What every cmdlet takes.
const COMMON: &[Parameter] = &[
    text("ErrorAction"),
    text("WarningAction"),
    text("InformationAction"),
    switch("Confirm"),
    switch("Verbose"),
    switch("Debug"),
];

/// The type that tells `{Add, Remove}` from an object (contract §6.1).
const HASH_TABLE: &str = "#Exchange.GenericHashTable";

/// A list as a call gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Replace(Vec<String>),
    Alter { add: Vec<String>, remove: Vec<String> },
}

/// A call's parameters, checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    given: Vec<(Parameter, Value)>,
}

impl Parameters {
    /// Checks names and forms.
    pub(crate) fn read(cmdlet: &Cmdlet, given: &Map<String, Value>) -> Result<Self, ExchangeError> {
        let mut all = Vec::with_capacity(given.len());
        for (name, value) in given.iter().filter(|(name, _)| !name.contains('@')) {
            let known = cmdlet.parameters.iter().chain(COMMON).find(|known| known.name.eq_ignore_ascii_case(name));
            let known = *known.ok_or_else(|| ExchangeError::no_parameter(name))?;
            check(known, value)?;
            all.push((known, value.clone()));
        }
        let this = Self { given: all };
        let missing = cmdlet
            .parameters
            .iter()
            .find(|known| known.required && this.value(known.name).is_none_or(|value| value.is_null() || value == ""));
        match missing {
            Some(missing) => Err(ExchangeError::missing(missing.name)),
            None => Ok(this),
        }
    }

    /// What was given, as given.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.given.iter().find(|(known, _)| known.name == name).map(|(_, value)| value)
    }

    /// Names of the parameters given, common ones apart.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.given.iter().map(|(known, _)| known.name).filter(|name| COMMON.iter().all(|common| common.name != *name))
    }

    /// A text; an empty or null one is none.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value == true)
    }

    /// A list; none when the parameter was not given.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.value(name).map(list)
    }

    /// A list or what changes in one.
    pub(crate) fn change(&self, name: &str) -> Option<Change> {
        Some(match self.value(name)? {
            Value::Object(table) => {
                let part = |name: &str| table.get(name).map(list).unwrap_or_default();
                Change::Alter { add: part("Add"), remove: part("Remove") }
            }
            value => Change::Replace(list(value)),
        })
    }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn check(parameter: Parameter, value: &Value) -> Result<(), ExchangeError> {
    let texts = |value: &Value| match value {
        Value::Null | Value::String(_) => true,
        Value::Array(all) => all.iter().all(Value::is_string),
        _ => false,
    };
    let sound = match (parameter.form, value) {
        (Form::Text, value) => value.is_string() || value.is_number() || value.is_boolean() || value.is_null(),
        (Form::Switch, value) => value.is_boolean(),
        (Form::Texts | Form::Changes, value) if texts(value) => true,
        // Without the type the service takes the object for one, and refuses it (contract §6.1).
        (Form::Changes, Value::Object(table)) => {
            table.get("@odata.type").is_some_and(|kind| kind == HASH_TABLE)
                && table.iter().all(|(name, value)| match name.as_str() {
                    "@odata.type" => true,
                    "Add" | "Remove" => texts(value),
                    _ => name.contains('@'),
                })
        }
        (Form::Texts | Form::Changes, _) => false,
    };
    if sound {
        return Ok(());
    }
    Err(ExchangeError::argument(format!(
        "Cannot process argument transformation on parameter '{}'. Cannot convert value to the type of the parameter.",
        parameter.name
    )))
}
