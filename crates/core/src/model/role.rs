//! Template ids of built-in directory roles, the same in every tenant (contract §4; those beyond its table are general
//! knowledge, and only name what is shown).

use uuid::{Uuid, uuid};

macro_rules! roles {
    ($($constant:ident = $id:literal, $name:literal;)+) => {
        $(
            #[doc = $name]
            pub const $constant: Uuid = uuid!($id);
        )+

        /// The role's name in English. `None` for custom roles and those this version does not know.
        pub fn name(id: Uuid) -> Option<&'static str> {
            match id {
                $($constant => Some($name),)+
                _ => None,
            }
        }
    };
}

roles! {
    GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10", "Global Administrator";
    USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator";
    PASSWORD_ADMINISTRATOR = "966707d0-3269-4727-9be2-8c3a10f19b9d", "Password Administrator";
    HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator";
    BILLING_ADMINISTRATOR = "b0f54661-2d74-4c50-afa3-1ec803f12efe", "Billing Administrator";
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator";
    AUTHENTICATION_ADMINISTRATOR = "c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator";
    PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator";
    EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator";
    EXCHANGE_RECIPIENT_ADMINISTRATOR = "31392ffb-586c-42d1-9346-e59415a2cc4e", "Exchange Recipient Administrator";
    DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers";
    MESSAGE_CENTER_READER = "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b", "Message Center Reader";
    MESSAGE_CENTER_PRIVACY_READER = "ac16e43d-7b2d-40e0-ac05-243ff356ab5b", "Message Center Privacy Reader";
    GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader";
    SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator";
    SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader";
    COMPLIANCE_ADMINISTRATOR = "17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator";
    GROUPS_ADMINISTRATOR = "fdd7a751-b60b-444a-984c-02652fe8fa1c", "Groups Administrator";
    GUEST_INVITER = "95e79109-95c0-4d8e-aee3-d01accf2d47b", "Guest Inviter";
    REPORTS_READER = "4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader";
    USAGE_SUMMARY_REPORTS_READER = "75934031-6c7e-415a-99d7-48dbd49e875e", "Usage Summary Reports Reader";
    CONDITIONAL_ACCESS_ADMINISTRATOR = "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator";
    CUSTOMER_LOCKBOX_ACCESS_APPROVER = "5c4f9dcd-47dc-4cf7-8c9a-9e4207cbfc91", "Customer LockBox Access Approver";
    JOINED_DEVICE_LOCAL_ADMINISTRATOR = "9f06204d-73c1-4d4c-880a-6edb90606fd8", "Microsoft Entra Joined Device Local Administrator";
    DIRECTORY_SYNCHRONIZATION_ACCOUNTS = "d29b2b05-8046-44ba-8758-1e26182fcf32", "Directory Synchronization Accounts";
    DIRECTORY_WRITERS = "9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers";
    INTUNE_ADMINISTRATOR = "3a2c62db-5318-420d-8d74-23affee5d9d5", "Intune Administrator";
}
