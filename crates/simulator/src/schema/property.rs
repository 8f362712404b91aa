//! The description of a property, and the lookups over a table of them.
//!
//! Invariant: property number = row of the table; numbers are never written down, only derived by name.

use serde_json::Value;

use super::value_type::Type;

/// What a text stands for where it is the key of a recipient (Exchange only).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refers {
    /// Itself.
    Nothing,
    /// A recipient, printed as its `Identity`.
    Identity,
    /// A recipient or an address outside, printed as in inbox rules: `"Name" [EX:/o=…]` or `"x@y" [SMTP:x@y]`.
    Addressee,
    /// An account or group, printed as its sign-in name or name.
    Account,
}

/// Who may give a property its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// Only the service itself.
    Never,
    /// At creation only.
    Create,
    /// At creation and by PATCH.
    Patch,
    /// By PATCH only.
    Update,
}

/// What reads where nobody wrote a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// Null; of collections none.
    Nothing,
    /// A value, as JSON.
    Json(&'static str),
    /// A complex value whose members have none.
    Members,
    /// When the object was created.
    Created,
    /// The security identifier that follows from the object id.
    Sid,
    /// The sign-in name as an identity.
    Identities,
    /// What follows from age group and consent.
    LegalAge,
    /// What follows from the licences.
    LicenceStates,
}

/// One row of a schema.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    /// Returned without `$select`.
    pub(crate) by_default: bool,
    pub(crate) write: Write,
    /// Its type in Graph's metadata, as `Edm.String`; empty for what has none.
    pub(crate) of: &'static str,
    /// Can be null in a write.
    pub(crate) nullable: bool,
    /// Null takes it away at creation alone.
    pub(crate) kept: bool,
    /// Creation is refused without it.
    pub(crate) demanded: bool,
    /// Returned only where one object is asked for.
    pub(crate) single: bool,
    /// Never returned; filters take it.
    pub(crate) unshown: bool,
    /// Changed only in a PATCH of its own.
    pub(crate) alone: bool,
    /// Not written by applications.
    pub(crate) person: bool,
    /// Known in beta alone.
    pub(crate) beta: bool,
    /// Accepted in `$orderby`.
    pub(crate) sort: bool,
    /// Most characters; 0 = as many as may be.
    pub(crate) most: usize,
    /// The texts it may have, divided by `|`; empty = any.
    pub(crate) values: &'static str,
    /// What reads where nobody wrote it.
    pub(crate) absent: Absent,
    /// The permission that reading it takes beside the object's.
    pub(crate) needs: Option<&'static str>,
    /// Accepted in `$filter`.
    pub(crate) filter: bool,
    /// Never on the wire; a relation or bookkeeping kept as a property.
    pub(crate) hidden: bool,
    /// Mastered on-premises for synchronised objects.
    pub(crate) synced: bool,
    /// A sensitive action (contract §2): writing it to an administrator needs a directory role too.
    pub(crate) sensitive: bool,
    /// Readable with the least permission (`User.ReadBasic.All`, or `User.Read` for the organization).
    pub(crate) basic: bool,
    /// The narrow permission that suffices to write it.
    pub(crate) permission: Option<&'static str>,
    /// Whether its text is a recipient's key.
    pub(crate) refers: Refers,
    /// Which kinds of recipients print it: bits of `exchange::schema::recipient`.
    pub(crate) shown: u8,
}

/// A property with nothing but name and type: readable by `$select`, not writable.
pub(crate) const fn property(name: &'static str, kind: Type) -> Property {
    Property {
        name,
        kind,
        by_default: false,
        write: Write::Never,
        of: "",
        nullable: true,
        kept: false,
        demanded: false,
        single: false,
        unshown: false,
        alone: false,
        person: false,
        beta: false,
        sort: false,
        most: 0,
        values: "",
        absent: Absent::Nothing,
        needs: None,
        filter: false,
        hidden: false,
        synced: false,
        sensitive: false,
        basic: false,
        permission: None,
        refers: Refers::Nothing,
        shown: 0,
    }
}

impl Property {
    pub(crate) const fn by_default(mut self) -> Self {
        self.by_default = true;
        self
    }
    pub(crate) const fn patch(mut self) -> Self {
        self.write = Write::Patch;
        self
    }
    pub(crate) const fn filter(mut self) -> Self {
        self.filter = true;
        self
    }
    pub(crate) const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
    pub(crate) const fn refers(mut self, refers: Refers) -> Self {
        self.refers = refers;
        self
    }
    pub(crate) const fn shown(mut self, kinds: u8) -> Self {
        self.shown = kinds;
        self
    }

    /// How an absent value is printed that follows from nothing: collections are empty, never null.
    pub(crate) fn nothing(&self) -> Value {
        match self.kind {
            Type::Texts | Type::Objects => Value::Array(Vec::new()),
            _ => Value::Null,
        }
    }

    /// Whether a text keeps within what the property may hold.
    pub(crate) fn fits(&self, value: &Value) -> bool {
        let text = value.as_str().unwrap_or_default();
        let known = self.values.is_empty() || self.values.split('|').any(|known| known.eq_ignore_ascii_case(text));
        !value.is_string() || (known && (self.most == 0 || text.chars().count() <= self.most))
    }

    /// Whether a client may give it a value: at creation, or else in a change.
    pub(crate) fn is_written(&self, at_creation: bool) -> bool {
        match self.write {
            Write::Never => false,
            Write::Create => at_creation,
            Write::Patch => true,
            Write::Update => !at_creation,
        }
    }

    /// Whether a value sent by a client has the property's type.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        let one = |value: &Value| match (self.of, self.kind) {
            ("", Type::Texts) => value.is_string(),
            ("", _) => value.is_object(),
            (of, _) => super::facts::fits(of, value),
        };
        match (self.kind, value) {
            (_, Value::Null) => self.nullable,
            (Type::Texts | Type::Objects, Value::Array(items)) if !items.iter().all(one) => false,
            (Type::Texts | Type::Objects, value) => value.is_array(),
            (_, value) if !self.of.is_empty() => one(value),
            (Type::Text | Type::Date, Value::String(_))
            | (Type::Bool, Value::Bool(_))
            | (Type::Number | Type::Size, Value::Number(_))
            | (Type::Object, Value::Object(_)) => true,
            _ => false,
        }
    }
}

/// A kind of object.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Type name without namespace, as in `#microsoft.graph.user`.
    pub(crate) type_name: &'static str,
    /// Entity set, as in `$metadata#users`.
    pub(crate) set: &'static str,
    pub(crate) properties: &'static [Property],
}

impl Schema {
    /// The row of a property that clients may name. OData names are case-sensitive, Graph's are not: any case is taken.
    pub(crate) fn find(&self, name: &str) -> Option<(u8, &'static Property)> {
        let at = self.properties.iter().position(|row| !row.hidden && row.name.eq_ignore_ascii_case(name))?;
        Some((u8::try_from(at).ok()?, self.properties.get(at)?))
    }

    /// Like [`Self::find`], as a version of the API knows it.
    pub(crate) fn find_in(&self, name: &str, version: &str) -> Option<(u8, &'static Property)> {
        self.find(name).filter(|(_, row)| !row.beta || version == "beta")
    }

    /// The numbers of what is returned without `$select`.
    pub(crate) fn defaults(&self, version: &str) -> Vec<u8> {
        let shown = |row: &Property| row.by_default && !row.hidden && (!row.beta || version == "beta");
        (0..).zip(self.properties).filter(|(_, row)| shown(row)).map(|(number, _)| number).collect()
    }

    /// Like [`Self::find`], relations and bookkeeping included.
    pub(crate) fn any(&self, name: &str) -> Option<u8> {
        self.properties.iter().position(|row| row.name == name).and_then(|at| u8::try_from(at).ok())
    }

    pub(crate) fn row(&self, number: u8) -> Option<&'static Property> {
        self.properties.get(usize::from(number))
    }

    pub(crate) fn name(&self, number: u8) -> &'static str {
        self.row(number).map_or("", |row| row.name)
    }
}

/// The number of a property, at compile time; a name that is not in the table does not compile.
#[allow(clippy::cast_possible_truncation)] // no table comes near 256 rows
pub(crate) const fn number(table: &[Property], name: &str) -> u8 {
    let mut at = 0;
    while !same(table[at].name, name) {
        at += 1;
    }
    at as u8
}

pub(super) const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}
