//! Random tenants.
//!
//! Invariant: ids follow from places in the list, so that a shrunk tenant stays readable and an oracle knows them.

use proptest::{collection::vec, option, prelude::*, sample::select};
use tenant_contacts_simulator::{
    ApplicationSeed, DomainSeed, EligibilitySeed, GroupSeed, OrganizationSeed, PrivacySeed, SecretSeed, Seed, SkuSeed,
    TenantSeed, UserSeed,
};

pub const TENANT: &str = "4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64";
pub const CLIENT: &str = "2d6c9f80-41b7-4c35-9e58-a7d3f1b20c46";
pub const CLIENT_SECRET: &str = "opens nothing but a simulated tenant";

/// Verified in every random tenant.
pub const INSIDE: [&str; 3] = ["contoso.com", "contoso.onmicrosoft.com", "fabrikam.example"];

/// What it takes to read and write everything the present kinds declare.
pub const PERMISSIONS: [&str; 7] = [
    "User.Read.All",
    "User-Mail.ReadWrite.All",
    "User-Phone.ReadWrite.All",
    "Organization.ReadWrite.All",
    "Domain.Read.All",
    "RoleManagement.Read.Directory",
    "GroupMember.Read.All",
];

/// The directory role that lets an application write every administrator's recovery data.
pub const WRITER_ROLE: &str = "Privileged Authentication Administrator";

/// The object id of the user at a place.
pub fn id(place: usize) -> String {
    format!("00000000-0000-4000-8000-{place:012x}")
}

/// Addresses with repetitions of each other in another case, inside and outside the organization.
pub fn mails() -> impl Strategy<Value = String> {
    select(vec![
        "a@example.org",
        "A@Example.org",
        "b@example.org",
        "c.d+e@example.net",
        "noc@contoso.com",
        "NOC@CONTOSO.COM",
        "desk@fabrikam.example",
        "x@unverified.example",
        "y@own.example",
        "z@sub.contoso.com",
    ])
    .prop_map(Into::into)
}

/// Numbers, two of which are the same.
pub fn phones() -> impl Strategy<Value = String> {
    select(vec!["+1 425 555 0100", "+1 (425) 555-0100", "425 555 0100", "+49 30 555 0111"]).prop_map(Into::into)
}

/// A number as a tenant may hold it: an empty one too.
fn live_phone() -> impl Strategy<Value = Option<String>> {
    prop_oneof![4 => option::of(phones()), 1 => Just(Some(String::new()))]
}

fn organization() -> impl Strategy<Value = OrganizationSeed> {
    let privacy = option::of((option::of(mails()), option::of(statements())));
    (vec(mails(), 0..4), vec(mails(), 0..4), vec(mails(), 0..4), vec(phones(), 0..3), privacy).prop_map(
        |(technical, marketing, security, phones, privacy)| OrganizationSeed {
            technical_notification_mails: technical,
            marketing_notification_emails: marketing,
            security_compliance_notification_mails: security,
            security_compliance_notification_phones: phones,
            privacy_profile: privacy
                .map(|(contact, statement)| PrivacySeed { contact_email: contact, statement_url: statement }),
            business_phones: vec!["+1 425 555 0199".into()],
            ..OrganizationSeed::default()
        },
    )
}

/// Addresses of privacy statements.
pub fn statements() -> impl Strategy<Value = String> {
    select(vec!["https://contoso.com/privacy", "https://contoso.com/Privacy", "http://example.org/p"])
        .prop_map(Into::into)
}

fn roles() -> impl Strategy<Value = Vec<String>> {
    let role = select(vec!["Global Administrator", "Helpdesk Administrator", "Directory Readers"]);
    prop_oneof![4 => Just(Vec::new()), 1 => role.prop_map(|role| vec![role.to_owned()])]
}

fn user() -> impl Strategy<Value = UserSeed> {
    let state =
        (prop::bool::weighted(0.2), prop::bool::weighted(0.1), select(vec![None, None, None, Some(false), Some(true)]));
    // An account without `mail`, one with, and one whose sign-in name the path of a request has to quote.
    let name = select(vec!["user", "user", "User", "o'neil", "guest_example.org#EXT#"]);
    (name, any::<bool>(), vec(mails(), 0..4), live_phone(), live_phone(), state, roles()).prop_map(
        |(name, mail, other_mails, mobile, business, (disabled, deleted, synced), roles)| UserSeed {
            upn: name.into(),
            mail: mail.then(String::new),
            other_mails,
            mobile_phone: mobile,
            business_phones: business.into_iter().collect(),
            account_enabled: !disabled,
            deleted,
            on_premises_sync_enabled: synced,
            roles,
            ..UserSeed::default()
        },
    )
}

/// What the application may do: mostly everything.
fn application() -> impl Strategy<Value = ApplicationSeed> {
    (prop::bool::weighted(0.85), prop::bool::weighted(0.9)).prop_map(|(role, phones)| {
        let permissions = PERMISSIONS.into_iter().filter(|one| phones || !one.starts_with("User-Phone"));
        ApplicationSeed {
            name: "tenant-contacts".into(),
            client_id: CLIENT.into(),
            secrets: vec![SecretSeed { value: CLIENT_SECRET.into(), expires: None }],
            permissions: permissions.map(Into::into).collect(),
            directory_roles: if role { vec![WRITER_ROLE.into()] } else { Vec::new() },
            ..ApplicationSeed::default()
        }
    })
}

/// A tenant of 3 to 25 accounts.
pub fn tenants() -> impl Strategy<Value = Seed> {
    let eligible = vec(any::<prop::sample::Index>(), 0..2);
    let members = vec(any::<prop::sample::Index>(), 0..3);
    (vec(user(), 3..=25), organization(), application(), any::<bool>(), eligible, members).prop_map(
        |(users, organization, application, premium, eligible, members)| {
            let users: Vec<UserSeed> = users.into_iter().enumerate().map(|(place, user)| named(place, user)).collect();
            let living: Vec<&str> = users.iter().filter(|user| !user.deleted).map(|user| &*user.upn).collect();
            let some = |indexes: &[prop::sample::Index]| -> Vec<String> {
                let mut some: Vec<String> = match living.len() {
                    0 => Vec::new(),
                    count => indexes.iter().map(|index| living[index.index(count)].to_owned()).collect(),
                };
                some.sort();
                some.dedup();
                some
            };
            let group = GroupSeed {
                name: "role holders".into(),
                is_assignable_to_role: true,
                members: some(&members),
                roles: vec!["User Administrator".into()],
                ..GroupSeed::default()
            };
            let eligible = some(&eligible).into_iter().map(|principal| EligibilitySeed {
                role: "Helpdesk Administrator".into(),
                principal,
                scope: None,
            });
            Seed {
                tenant: tenant(),
                organization,
                skus: premium
                    .then(|| SkuSeed {
                        sku_part_number: "AAD_PREMIUM_P2".into(),
                        sku_id: None,
                        enabled: 10,
                        service_plans: Vec::new(),
                    })
                    .into_iter()
                    .collect(),
                applications: vec![application],
                eligible_roles: eligible.collect(),
                groups: vec![group],
                users,
                ..Seed::default()
            }
        },
    )
}

fn tenant() -> TenantSeed {
    let domain = |name: &str, verified| DomainSeed {
        name: name.into(),
        verified,
        default: name == INSIDE[0],
        initial: name == INSIDE[1],
    };
    let mut domains: Vec<DomainSeed> = INSIDE.iter().map(|name| domain(name, true)).collect();
    domains.push(domain("unverified.example", false));
    TenantSeed { id: TENANT.into(), display_name: "Contoso".into(), domains, ..TenantSeed::default() }
}

/// Gives an account the names that follow from its place.
fn named(place: usize, mut user: UserSeed) -> UserSeed {
    let local = user.upn;
    user.id = Some(id(place));
    user.upn = match local.split_once('#') {
        Some(_) => format!("guest{place}_example.org#EXT#@contoso.onmicrosoft.com"),
        None => format!("{local}{place}@contoso.com"),
    };
    user.mail = user.mail.map(|_| format!("user{place}@contoso.com"));
    user
}
