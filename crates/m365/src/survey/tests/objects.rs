//! Objects as cmdlets print them.

use serde_json::{Value, json};
use tenant_contacts_core::landscape::{Reference, Trustee};

/// `object` with the members of `changes`; null members of `changes` are null, and a member named `-x` takes `x` away.
pub(super) fn with(mut object: Value, changes: &Value) -> Value {
    let members = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match name.strip_prefix('-') {
            Some(name) => members.remove(name),
            None => members.insert(name.clone(), value.clone()),
        };
    }
    object
}

/// References: an address by its `@`, otherwise a key; `?` is one that cannot be read, `?` and a name an ambiguous one, `-` one
/// that is gone.
pub(super) fn refer(texts: &[&str]) -> Box<[Reference]> {
    let one = |text: &&str| match (*text, text.strip_prefix('?')) {
        ("-", _) => Reference::Gone,
        (_, Some("")) => Reference::Unreadable,
        (_, Some(name)) => Reference::Ambiguous(name.into()),
        (address, None) if address.contains('@') => Reference::Address(address.into()),
        (key, None) => Reference::Recipient(key.into()),
    };
    texts.iter().map(one).collect()
}

/// Names of trustees, as they were written.
pub(super) fn called(trustees: &[Trustee]) -> Vec<&str> {
    trustees.iter().map(|one| &*one.name).collect()
}

fn recipient(name: &str, details: &str) -> Value {
    let address = format!("{}@contoso.com", name.to_lowercase().replace(' ', "."));
    json!({"ExternalDirectoryObjectId": "", "Guid": "9f1c0000-0000-0000-0000-000000000000", "Identity": name, "Name": name,
        "DisplayName": name, "Alias": null, "DistinguishedName": format!("CN={name},OU=contoso,DC=prod"),
        "LegacyExchangeDN": format!("/o=ExchangeLabs/cn={name}"), "PrimarySmtpAddress": address,
        "EmailAddresses": [format!("SMTP:{address}")], "RecipientTypeDetails": details, "IsDirSynced": false,
        "RequireSenderAuthenticationEnabled": false, "AcceptMessagesOnlyFrom": [], "AcceptMessagesOnlyFromDLMembers": [],
        "RejectMessagesFrom": [], "RejectMessagesFromDLMembers": [], "ModerationEnabled": false, "ModeratedBy": [],
        "BypassModerationFromSendersOrMembers": []})
}

pub(super) fn mailbox(name: &str, id: u128) -> Value {
    let id = uuid::Uuid::from_u128(id).to_string();
    let guid = uuid::Uuid::from_u128(u128::MAX - name.len() as u128).to_string();
    with(
        recipient(name, "UserMailbox"),
        &json!({"ExternalDirectoryObjectId": id, "Guid": guid, "UserPrincipalName": null, "AccountDisabled": false,
            "SKUAssigned": true, "ForwardingAddress": null, "ForwardingSmtpAddress": null,
            "DeliverToMailboxAndForward": false, "ProhibitSendReceiveQuota": "50 GB (53,687,091,200 bytes)",
            "RetentionPolicy": "Default MRM Policy"}),
    )
}

pub(super) fn contact(name: &str, external: &str) -> Value {
    with(recipient(name, "MailContact"), &json!({"ExternalEmailAddress": external}))
}

pub(super) fn list(name: &str) -> Value {
    recipient(name, "MailUniversalDistributionGroup")
}

/// A public folder as `Get-Recipient` prints it: what is told of every kind, and no restrictions.
pub(super) fn public_folder(name: &str) -> Value {
    with(
        recipient(name, "PublicFolder"),
        &json!({"-LegacyExchangeDN": 0, "-IsDirSynced": 0, "-RequireSenderAuthenticationEnabled": 0,
            "-AcceptMessagesOnlyFrom": 0, "-AcceptMessagesOnlyFromDLMembers": 0, "-RejectMessagesFrom": 0,
            "-RejectMessagesFromDLMembers": 0, "-ModerationEnabled": 0, "-ModeratedBy": 0,
            "-BypassModerationFromSendersOrMembers": 0}),
    )
}
