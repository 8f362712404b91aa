//! What is read of one recipient: its members, who opens it, how full it is.

use std::collections::BTreeSet;

use tenant_contacts_core::{
    landscape::{Reference, Trustee, fold},
    model::Fact,
};

use super::{Names, unknown};
use crate::{
    exchange::bytes,
    object::{Object, Unreadable, optional},
};

/// Members or subscribers.
pub(crate) fn links(objects: &[Object], names: &Names, what: &'static str) -> Fact<Box<[Reference]>> {
    let members: Option<Box<[Reference]>> = objects.iter().map(|object| names.member(object)).collect();
    members.map_or_else(|| unknown::failed(what), Fact::Present)
}

type Trustees = Box<[Trustee]>;

/// Who has full access beside the owner, and who is denied it: a refusal goes before a permission (Add-MailboxPermission,
/// `Deny`), whatever group gives that. Inherited entries are Microsoft's own, as is everything of `NT AUTHORITY`.
pub(crate) fn full_access(objects: &[Object], names: &Names) -> (Fact<Trustees>, Trustees) {
    let (mut granted, mut denied) = (Vec::<Box<str>>::new(), Vec::<Box<str>>::new());
    for object in objects {
        let Ok(entry) = entry(object) else { return (unknown::failed("the permissions on a mailbox"), Box::default()) };
        if let Some((user, denies)) = entry {
            if denies { denied.push(user) } else { granted.push(user) }
        }
    }
    let denied_to: BTreeSet<_> = denied.iter().map(|user| fold(user)).collect();
    granted.retain(|user| !denied_to.contains(&fold(user)));
    let trustees = |users: Vec<Box<str>>| -> Trustees { users.iter().map(|user| names.trustee(user)).collect() };
    (Fact::Present(trustees(granted)), trustees(denied))
}

/// Whom an entry is about, and whether it denies. `None`: it says nothing of full access, or is the service's own.
fn entry(object: &Object) -> Result<Option<(Box<str>, bool)>, Unreadable> {
    let user = object.some_text("User")?;
    let rights = object.texts("AccessRights")?;
    if rights.is_empty() {
        // An entry that gives nothing is none that anybody makes.
        return Err(Unreadable);
    }
    // Some clients print the rights as one text with commas.
    let full = rights.iter().flat_map(|text| text.split(',')).any(|right| right.trim() == "FullAccess");
    let denied = optional(object.is("Deny"), object, "Deny")?;
    let inherited = optional(object.is("IsInherited"), object, "IsInherited")?;
    let system = user.to_ascii_uppercase().starts_with("NT AUTHORITY\\");
    // What denies is heeded wherever it comes from.
    Ok((full && !system && (denied || !inherited)).then(|| (user.into(), denied)))
}

/// How full a mailbox is. A mailbox that nobody has ever opened has no statistics: nothing is in it.
pub(crate) fn size(objects: &[Object]) -> Fact<u64> {
    let Some(statistics) = objects.first() else { return Fact::Present(0) };
    let size = statistics.some_text("TotalItemSize").and_then(bytes);
    match size {
        Ok(Some(size)) => Fact::Present(size),
        Ok(None) | Err(Unreadable) => unknown::failed("the size of a mailbox"),
    }
}
