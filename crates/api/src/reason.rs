//! The closed list of reasons. Each has a page under `docs/reasons/`; a test compares list and pages.
//!
//! Invariant: a reason says what a person has to do next. Two situations that need different hands have two reasons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who has to act, and so which condition a reason turns (design §5, kstatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Nothing to do.
    Fine,
    /// The operator goes on by itself: `Reconciling`.
    Progress,
    /// Somebody approves, then the operator goes on: `Reconciling`.
    Approval,
    /// Only a commit or a grant mends it: `Stalled`.
    Stalled,
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident => $handling:ident, $remedy:literal;)+) => {
        /// Why a condition has its value, or why something was not done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Reason { $($(#[doc = $doc])+ $name,)+ }

        impl Reason {
            /// Every reason, in alphabetical order of declaration groups.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name as it stands in conditions.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What it means, in one sentence or two: the words of its documentation.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// Who has to act.
            pub fn handling(self) -> Handling {
                match self { $(Self::$name => Handling::$handling,)+ }
            }

            /// What to do about it, in one sentence.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)+ }
            }
        }
    };
}

reasons! {
    /// Everything the operator may write is as declared.
    InSync => Fine, "Nothing to do.";
    /// The tenant differs, and the surface is not in `enforce`: only observed.
    Observing => Fine, "Add the surface to the Tenant's `enforce` when the plan is what you want.";
    /// The field has no API: a person sets it and attests it.
    Manual => Fine, "Set the value in the portal, and write the attestation.";
    /// No step is left to write, and some declared fields do not have their declared values. Each object says why.
    FieldsBlocked => Fine, "Check the conditions of the objects that are not Ready.";
    /// The Tenant is suspended.
    Suspended => Fine, "Remove `suspend` from the Tenant to go on.";
    /// The account has another name than the one declared, and is still the same account.
    Renamed => Fine, "Declare the account under its new name in a new object when convenient. The object id identifies it.";

    /// Differences were found and are about to be written.
    ChangesPending => Progress, "Nothing to do: the next pass writes.";
    /// The value was written or is being written, and not enough fresh reads agree yet.
    AwaitingReplication => Progress, "Nothing to do: the value is read again until enough reads agree.";
    /// The service throttles requests.
    Throttled => Progress, "Nothing to do: the operator waits as long as the service asks.";
    /// The service could not be reached, or answered with a server error.
    TenantUnreachable => Progress, "Check egress to the service's hosts if this lasts.";
    /// Something this depends on is not ready.
    WaitingOn => Progress, "See the message for what it waits on.";
    /// Somebody else keeps changing the field; corrections are backed off.
    Contested => Progress, "Find who else manages the field (a script, a sync, another operator) and agree on one owner.";
    /// A fact that the decision depends on could not be read.
    NotReadable => Progress, "Grant the permission that the message names, or wait until the read succeeds.";

    /// More objects would change than the mass-change limit allows.
    MassChange => Approval, "Look through the plan and approve its approval hash, or raise the limit.";
    /// The plan clears a list.
    ClearsList => Approval, "Make sure the empty list is meant, and approve the plan's approval hash.";
    /// The plan changes recovery data of an account with a directory role.
    PrivilegedRecoveryData => Approval, "Make sure the change is meant, and approve the plan's approval hash.";
    /// The plan sends notices to an address outside the organization's own domains.
    OutsideRecipient => Approval, "Make sure that the organization reads the address. Approve the plan's approval hash, or declare the domain in ownDomains.";
    /// The plan leaves a notice category without recipients.
    EmptiesCategory => Approval, "Declare another recipient, or approve the plan's approval hash.";
    /// The plan leaves a notice category with fewer recipients than the declared minimum.
    BelowMinimumRecipients => Approval, "Declare more recipients, lower the minimum, or approve the plan's approval hash.";

    /// The object is not valid.
    InvalidSpec => Stalled, "Correct the field that the message names.";
    /// The Tenant named by `tenantRef` does not exist in this namespace.
    TenantNotFound => Stalled, "Create the Tenant, or correct tenantRef.";
    /// Another Tenant object already manages this tenant id.
    TenantClaimed => Stalled, "Delete one of the two Tenant objects.";
    /// The credentials belong to another tenant than the one declared.
    TenantMismatch => Stalled, "Correct tenantId, or the credentials.";
    /// The Secret or ServiceAccount does not exist, or lacks a key.
    CredentialsNotFound => Stalled, "Create the Secret with the key that the message names.";
    /// The Secret or ServiceAccount does not carry the label that lets it be used.
    CredentialsNotAllowed => Stalled, "Label it `tenantcontacts.dev/allow: <tenant>`.";
    /// The token endpoint refuses the credential.
    AuthenticationFailed => Stalled, "Check the application id and its secret, certificate or federated credential.";
    /// The client secret or certificate has expired.
    CredentialExpired => Stalled, "Create a new secret for the application and store it in the Secret.";
    /// The application lacks a Graph permission.
    PermissionMissing => Stalled, "Grant the application permission that the message names, with admin consent.";
    /// The application lacks a directory role that writing an administrator needs.
    DirectoryRoleMissing => Stalled, "Assign the directory role that the message names to the application.";
    /// No account has the declared name or id.
    AccountNotFound => Stalled, "Correct accountRef, or create the account.";
    /// The declared name belongs to another account than the one remembered.
    IdentityChanged => Stalled, "Make sure the new account is meant, and write its id into accountRef.objectId.";
    /// Two objects declare the same field of the same target.
    Conflict => Stalled, "Remove the field from one of the objects that the message names.";
    /// The account is protected (break-glass): it is never written.
    ProtectedAccount => Stalled, "Remove the object, or the account from protectedAccounts.";
    /// The property is mastered on-premises and differs.
    SynchronisedOnPremises => Stalled, "Change the attribute that the message names in the on-premises directory.";
    /// The property is mastered by an external service and differs.
    MasteredExternally => Stalled, "Change it in the service that masters the object.";
    /// The tenant refused the value.
    Rejected => Stalled, "Correct the value; the message names what the service objected to.";
    /// A write that must not be repeated was sent, and reading did not show its outcome.
    OutcomeUnknown => Stalled, "Check in the tenant whether the write took effect. If it did not, approve the step again or declare another value.";
    /// A business email that is not corporate.
    PrivateBusinessEmail => Stalled, "Use an address in a domain the company controls, or declare the domain in ownDomains.";
    /// An alternate email inside the organization's own domains, without a reason.
    AlternateEmailInside => Stalled, "Use an address outside the organization's domains, or give insideReason.";
    /// The Secret that a value comes from does not exist, lacks the key, or may not be used.
    ValueNotFound => Stalled, "Create the Secret with the key that the message names, with the label that allows its use.";

    /// The account is declared to receive mail, and whether its mail would be read is unknown.
    DeliveryUnknown => Fine, "See the message for the cause, or run `explain`: it names the missing permission.";
    /// The account is declared to receive mail, and its mail would be read.
    DeliveryFound => Fine, "Nothing to do.";
    /// The account is declared to receive mail, and its mail would not be read.
    MailLost => Fine, "Correct the cause that the message names, so that somebody reads the account's mail.";
    /// The account has no mailbox on purpose; its notices are read elsewhere.
    AlternatePath => Fine, "Nothing to do, as long as the alternate path is read.";
    /// The account is declared to receive mail and has no mail address.
    NoMailAddress => Fine, "Give the account a mailbox, or declare intent: NotMailEnabled with an alternatePath.";
    /// The account is declared to receive mail and is disabled: nobody reads its mailbox.
    AccountDisabled => Fine, "Enable the account, or remove the object of a person who has left.";

    /// A valid attestation exists.
    Attested => Fine, "Nothing to do.";
    /// No attestation was given.
    AttestationMissing => Fine, "Check the value in the portal, and write the attestation.";
    /// The attestation is older than 180 days, or lies in the future.
    AttestationExpired => Fine, "Check the value again, and renew the attestation.";

    /// The tenant was read, and the report says who receives its notices.
    Reported => Fine, "Nothing to do.";
    /// Every category of notices that applies reaches somebody.
    EverybodyReached => Fine, "Nothing to do.";
    /// At least one category of notices is confirmed to reach nobody.
    NobodyReached => Fine, "Correct the cause that the category's message names, so that somebody reads these notices.";
    /// The policy applies to its Tenant.
    PolicyHolds => Fine, "Nothing to do.";
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_pascal_case_and_remedies_are_sentences() {
        for reason in Reason::ALL {
            let name = reason.as_str();
            assert!(
                name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(char::is_alphanumeric),
                "{name}"
            );
            assert!(reason.remedy().ends_with('.'), "{name}");
            assert_eq!(serde_json::to_value(reason).unwrap(), name);
        }
    }
}
