//! What puts Contoso right, one small change each.

use serde_json::json;
use tenant_contacts_api::rule::Rule;
use tenant_contacts_core::answer::Exception;
use tenant_contacts_simulator::{RoleAssignmentSeed, SentSeed, Verdict};

use super::world::{World, manifests, set, today};

/// A change that puts something right.
#[derive(Clone, Copy)]
pub struct Mend {
    /// What is done, as somebody would say it.
    pub name: &'static str,
    /// Does it.
    pub change: fn(&mut World),
}

macro_rules! mends {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $change:expr;)+) => {
        $($(#[$doc])* pub const $constant: Mend = Mend { name: $name, change: $change };)+

        /// Every mend.
        pub const ALL: &[Mend] = &[$($constant,)+];
    };
}

mends! {
    PRIYA_ALTERNATE = "Priya Raman's recovery address lies outside", |world| {
        world.user("adm-priya.raman@contoso.com").other_mails = strings(&["priya.raman@example.net"]);
    };
    TOMAS_ALTERNATE = "Tomas Lindqvist has a recovery address", |world| {
        world.user("adm-tomas.lindqvist@contoso.com").other_mails = strings(&["tomas.lindqvist@example.org"]);
    };
    MARCUS_ALTERNATE = "Marcus Oyelaran's recovery address is corporate", |world| {
        world.user("marcus.oyelaran@contoso.com").other_mails = strings(&["marcus.oyelaran@contoso-recovery.example"]);
    };
    MARCUS_BUSINESS = "Marcus Oyelaran's business email is set in the portal and attested", |world| {
        attest(world, "marcus.oyelaran@contoso.com", "csp@contoso.com");
    };
    /// At once, as a team goes through its worklist: what a single one changes is not told apart here.
    WORKLIST = "the worklist is done: every other business email is corporate and attested", |world| {
        for (upn, address) in [
            ("adm-priya.raman@contoso.com", "priya.raman@contoso.com"),
            ("adm-tomas.lindqvist@contoso.com", "tomas.lindqvist@contoso.com"),
            ("adm-ingrid.solberg@contoso.com", "ingrid.solberg@contoso.com"),
            ("helena.marsh@contoso.com", "helena.marsh@contoso.com"),
            ("claire.dubois@contoso.com", "claire.dubois@contoso.com"),
            ("sofia.bergmann@contoso.com", "sofia.bergmann@contoso.com"),
            ("daniel.achterberg@contoso.com", "password-help@contoso.com"),
            ("mwilson@contoso.com", "billing@contoso.com"),
            ("lena.fischer@fabrikam-partners.example", "lena.fischer@fabrikam-partners.example"),
        ] {
            attest(world, upn, address);
        }
        own(world, "password-help@contoso.com");
    };
    PRIYA_PATH = "where Priya Raman's notices are read is declared", |world| path(world, "adm-priya.raman@contoso.com");
    TOMAS_PATH = "where Tomas Lindqvist's notices are read is declared", |world| {
        path(world, "adm-tomas.lindqvist@contoso.com");
    };
    INGRID_PATH = "where Ingrid Solberg's notices are read is declared", |world| {
        path(world, "adm-ingrid.solberg@contoso.com");
    };
    TECHNICAL = "the operations team is the technical contact", |world| {
        world.seed.organization.technical_notification_mails =
            strings(&["noc@contoso.com", "platform-oncall@contoso-recovery.example"]);
        own(world, "noc@contoso.com");
    };
    SECURITY = "the list takes the predecessor's place among security contacts", |world| {
        world.seed.organization.security_compliance_notification_mails =
            strings(&["security@contoso.com", "claire.dubois@contoso.com"]);
        own(world, "security@contoso.com");
    };
    PRIVACY = "the privacy contact is a shared mailbox with readers", |world| {
        world.seed.organization.privacy_profile.as_mut().unwrap().contact_email = Some("privacy@contoso.com".into());
        own(world, "privacy@contoso.com");
    };
    OSKAR_ROLE = "Oskar Nyberg's account holds no role", |world| world.user("adm-oskar.nyberg@contoso.com").roles.clear();
    RAFAEL_ROLE = "Rafael Quintana's account holds no role", |world| {
        world.user("rafael.quintana@contoso.com").roles.clear();
    };
    NORA_ROLE = "the guest holds no role", |world| {
        world.user("nora.whitfield_example.org#EXT#@contoso.onmicrosoft.com").roles.clear();
    };
    YUKI_ROLE = "Yuki Tanabe is not eligible for what nobody activates", |world| world.seed.eligible_roles.clear();
    BOT_ROLE = "the ticket desk's application holds no role", |world| {
        let bot = world.seed.applications.iter_mut().find(|application| application.name == "ticket-desk-bot");
        bot.unwrap().directory_roles.clear();
    };
    RESET_TIER = "two people with mailboxes answer reset requests beside Ingrid Solberg", |world| {
        appoint(world, "sofia.bergmann@contoso.com", "Helpdesk Administrator");
        appoint(world, "daniel.achterberg@contoso.com", "Helpdesk Administrator");
    };
    JOAO_ADDRESS = "Joao Pereira's attribute `mail` is set on-premises", |world| {
        world.user("joao.pereira@contoso.com").proxy_addresses =
            Some(strings(&["SMTP:joao.pereira@contoso.com", "smtp:joao.pereira@contoso.onmicrosoft.com"]));
    };
    KARIN_ADDRESS = "Karin Oestberg's address is set on-premises", |world| {
        world.user("karin.oestberg@contoso.com").proxy_addresses = None;
    };
    STEPHEN_ADDRESS = "Stephen Okafor has one primary address on-premises", |world| {
        world.user("stephen.okafor@contoso.com").proxy_addresses =
            Some(strings(&["SMTP:stephen.okafor@contoso.com", "smtp:s.okafor@contoso.com"]));
    };
    PRIMARY_CONTACT = "the partner's primary contact is a list", |world| {
        world.partner().legal_business.primary_contact.email = Some("partner-operations@contoso.com".into());
        own(world, "partner-operations@contoso.com");
    };
    APPROVER_LIST = "the legal list takes mail from outside", |world| {
        world.list("Legal Notices").properties.insert("requireSenderAuthenticationEnabled".into(), json!(false));
    };
    WILSON_FORWARDING = "Margaret Wilson gets her own mail", |world| {
        world.mailbox("mwilson@contoso.com").properties.remove("forwardingAddress");
    };
    INES_RULE = "the hidden rule is gone", |world| {
        let rules = &mut world.mailbox("ines.moreau@contoso.com").inbox_rules;
        rules.retain(|rule| rule.get("isHidden") != Some(&json!(true)));
        assert_eq!(rules.len(), 1, "her own rule stays");
    };
    BEATRICE_QUOTA = "Beatrice Lam has made room", |world| {
        world.mailbox("beatrice.lam@contoso.com").size = Some("31 GB".into());
    };
    KOFI_LICENCE = "Kofi Asante has a licence again", |world| {
        world.user("kofi.asante@contoso.com").licences = strings(&["SPE_E3"]);
        world.mailbox("kofi.asante@contoso.com").licence_ended = None;
    };
    PAYABLE_READERS = "two people may open Accounts Payable", |world| {
        world.mailbox("accounts-payable@contoso.com").full_access =
            strings(&["mwilson@contoso.com", "marcus.oyelaran@contoso.com"]);
    };
    SALES_READ = "somebody reads what comes to the sales mailbox", |world| {
        let mailbox = world.mailbox("sales@contoso.com");
        mailbox.inbox_unread = Some(4);
        mailbox.oldest_unread = Some("-5h".into());
    };
    INVOICES_MEMBERS = "the invoice list has members", |world| {
        world.list("Supplier Invoices").members = strings(&["mwilson@contoso.com", "marcus.oyelaran@contoso.com"]);
    };
    OWNERS = "every role mailbox has a declared owner", |world| {
        for name in [
            "invoices@contoso.com",
            "accounts-payable@contoso.com",
            "billing@contoso.com",
            "sales@contoso.com",
            "marketing@contoso.com",
            "partners@fabrikam-partners.example",
            "legal-notices@contoso.com",
        ] {
            own(world, name);
        }
    };
    PARTNERS_SUBSCRIBE = "the partner desk follows its group", |world| {
        world.group("Fabrikam Partner Desk").subscribe_all = true;
    };
    BILLING_TRANSPORT = "the forgotten transport rule is gone", |world| world.seed.exchange.transport_rules.clear();
    INVOICE_DEPARTED = "the departed person gets no invoices", |world| {
        world.invoice_recipients().for_each(|list| list.retain(|address| address != "bernd.hollmann@contoso.com"));
    };
    INVOICE_PERSONAL = "no private mailbox gets invoices", |world| {
        world.invoice_recipients().for_each(|list| list.retain(|address| address != "ledger.home@outlook.com"));
    };
    INVOICE_ENTRY = "every entry is a plain address", |world| {
        world.invoice_recipients().for_each(|list| list.retain(|address| !address.starts_with("mailto:")));
    };
    DOMAIN = "no whole domain passes the filter", |world| {
        set(&mut world.seed.exchange.content_filter_policies, "Default", "allowedSenderDomains", json!([]));
    };
    SENDER = "the allow-list entry is renewed", |world| {
        set(&mut world.seed.exchange.allow_block_entries, "maccount@microsoft.com", "lastUsedDate", "-2d");
    };
    QUARANTINE = "the verification mail is released", |world| {
        set(&mut world.seed.exchange.quarantine, "maccount@microsoft.com", "releaseStatus", "RELEASED");
    };
    NEXT_NOTICE = "the sender passes, and the next billing notice arrives", |world| {
        let sent = &mut world.seed.notices.sent;
        let lost = sent.iter().find(|notice| notice.verdict != Verdict::Clean).unwrap();
        let next = SentSeed { at: "-1d".into(), verdict: Verdict::Clean, ..lost.clone() };
        sent.push(next);
    };
    SAFE_LINKS = "Safe Links leaves Microsoft's verification links alone", |world| {
        let alone = json!(["https://*.microsoft.com/*", "https://*.microsoftonline.com/*"]);
        set(&mut world.seed.exchange.safe_links_policies, "Safe Links for everybody", "doNotRewriteUrls", alone);
    };
    SECOND_GLOBAL = "a second Global Administrator reads mail", |world| {
        appoint(world, "claire.dubois@contoso.com", "Global Administrator");
    };
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn appoint(world: &mut World, upn: &str, role: &str) {
    world.user(upn); // is one
    let assignment = RoleAssignmentSeed { role: role.to_owned(), principal: upn.to_owned(), scope: None };
    world.seed.role_assignments.push(assignment);
}

/// Somebody has looked at the business email in the portal.
fn attest(world: &mut World, upn: &str, address: &str) {
    let contact = world.contact(upn);
    contact.business_email = Some(address.into());
    contact.business_email_attested = Some(today());
}

/// A policy names who answers for a role mailbox, until the next review.
fn own(world: &mut World, name: &str) {
    let until = today().checked_add(jiff::ToSpan::days(180)).unwrap();
    let reason = "its owner; reviewed twice a year".into();
    let owner = Exception { subject: name.into(), owner: "helena.marsh".into(), reason, until };
    world.declared.rules.entry(Rule::RoleMailboxWithoutOwner).or_default().exceptions.push(owner);
}

/// `mail` of the account's object, as its manifest has it.
fn path(world: &mut World, upn: &str) {
    let mail = manifests().contacts[upn].mail.clone();
    assert!(mail.is_some(), "{upn}");
    world.contact(upn).mail = mail;
}
