//! Tenants in a tangle: everything that can happen to mail, at random, small enough to look at.
//!
//! Invariant: the same number always gives the same tenant, and every one of them loads.

mod accounts;
mod mail;
mod policies;
mod references;
mod rules;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::Seed;

/// Directory roles that choose recipients of notices, and one that does not.
const ROLES: [&str; 6] = [
    "Global Administrator",
    "Billing Administrator",
    "Helpdesk Administrator",
    "Password Administrator",
    "User Administrator",
    "Message Center Privacy Reader",
];

/// Senders of Microsoft's notices, as far as they are known (general knowledge).
const SENDERS: [&str; 7] = [
    "msonlineservicesteam@microsoftonline.com",
    "msonlineservicesteam@microsoft.com",
    "microsoft-noreply@microsoft.com",
    "o365mc@microsoft.com",
    "azure-noreply@microsoft.com",
    "mssecurity-noreply@microsoft.com",
    "maccount@microsoft.com",
];

/// The first so many send mail about passwords.
const PASSWORDS: usize = 2;

/// Their domains.
const DOMAINS: [&str; 2] = ["microsoft.com", "microsoftonline.com"];

impl Seed {
    /// A random tenant: a dozen accounts, shared mailboxes, nested lists with circles, groups, contacts, forwarding inside
    /// and out, inbox rules, mail flow rules, filters, restrictions; organization contacts, administrators, notices that were
    /// sent, sometimes a partner account and a billing account. For tests that compare two answers over many tenants.
    pub fn tangled(number: u64) -> Self {
        let random = StdRng::seed_from_u64(number);
        let mut tangle = Tangle { random, names: Vec::new(), addresses: Vec::new(), correspondents: Vec::new() };
        serde_json::from_value(tangle.tenant(number)).unwrap_or_default()
    }
}

/// Notices of the last days, from three of Microsoft's senders.
fn sent() -> Value {
    json!([{"category": "Marketing", "from": "microsoft-noreply@microsoft.com", "at": "-2d"},
        {"category": "Billing", "from": "azure-noreply@microsoft.com", "at": "-3d", "subject": "Notice"},
        {"category": "PartnerVerification", "from": "maccount@microsoft.com", "at": "-1d"}])
}

struct Tangle {
    random: StdRng,
    /// Names that can stand for a recipient in the seed.
    names: Vec<String>,
    /// Addresses of recipients.
    addresses: Vec<String>,
    /// Names of contacts that stand for Microsoft's senders, and of the list of them.
    correspondents: Vec<String>,
}

impl Tangle {
    /// True in so many of a hundred cases.
    fn happens(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn pick(&mut self, from: &[String]) -> String {
        let at = self.random.random_range(0..from.len().max(1));
        from.get(at).cloned().unwrap_or_default()
    }

    /// Up to `most` different ones.
    fn some(&mut self, from: &[String], most: usize) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for _ in 0..self.random.random_range(0..=most) {
            let one = self.pick(from);
            if !one.is_empty() && !found.contains(&one) {
                found.push(one);
            }
        }
        found
    }

    fn name(&mut self) -> String {
        let all = self.names.clone();
        self.pick(&all)
    }

    /// An address inside or out.
    fn address(&mut self) -> String {
        if self.happens(25) {
            return format!("x{}@outside.example", self.random.random_range(0..3));
        }
        let all = self.addresses.clone();
        self.pick(&all)
    }

    /// An address as somebody wrote it into a form: in any case of letters, with a tag, of a domain that was never verified.
    fn written(&mut self) -> String {
        let address = self.address();
        match self.random.random_range(0..20) {
            0 => address.to_uppercase(),
            1 => address.replacen('@', "+notices@", 1),
            2 => "somebody@pending.example".to_owned(),
            _ => address,
        }
    }

    fn tenant(&mut self, number: u64) -> Value {
        let (users, accounts, shared) = self.accounts();
        let mut contacts: Vec<Value> = (0..self.random.random_range(0..3))
            .map(|at| json!({"name": format!("Contact {at}"), "address": format!("c{at}@outside.example")}))
            .collect();
        let people: Vec<String> = self.names.clone();
        self.names.extend(contacts.iter().filter_map(|contact| contact["name"].as_str().map(str::to_owned)));
        let groups: Vec<Value> = (0..self.random.random_range(0..3))
            .map(|at| {
                let members = self.some(&people, 4);
                json!({"name": format!("Group {at}"), "mail": format!("g{at}@contoso.com"), "unified": true,
                    "members": members})
            })
            .collect();
        self.names.extend((0..groups.len()).map(|at| format!("Group {at}")));
        self.addresses.extend((0..groups.len()).map(|at| format!("g{at}@contoso.com")));
        let senders = self.microsoft(&mut contacts);
        let mut lists = self.lists();
        lists.extend(senders);
        let subscriptions: Vec<Value> = groups
            .iter()
            .map(|group| {
                let members = texts(&group["members"]);
                let mut object = json!({"name": group["name"], "subscribers": self.some(&members, 3),
                    "requireSenderAuthenticationEnabled": self.happens(40)});
                self.restrict(&mut object);
                object
            })
            .collect();
        // An account without a licence has no mailbox to say anything of; those of shared ones come below.
        let licensed: Vec<String> = users
            .iter()
            .filter(|user| !texts(&user["licences"]).is_empty() && user["deleted"] != true)
            .filter_map(|user| user["upn"].as_str().map(str::to_owned))
            .filter(|upn| accounts.contains(upn))
            .collect();
        let disabled: Vec<String> = users
            .iter()
            .filter(|user| user["accountEnabled"] == false)
            .filter_map(|user| user["upn"].as_str().map(str::to_owned))
            .collect();
        let mailboxes: Vec<Value> = licensed
            .iter()
            .map(|user| {
                let mut mailbox = self.mailbox(user);
                // Somebody has left, and others were given the mailbox.
                if disabled.contains(user) && self.happens(60) {
                    let readers = self.readers(&accounts, &lists);
                    mailbox["fullAccess"] = json!(readers);
                    if self.happens(10) {
                        mailbox["deniedAccess"] = json!(self.readers(&accounts, &lists));
                    }
                }
                mailbox
            })
            .collect();
        let shared_mailboxes: Vec<Value> = shared
            .iter()
            .map(|user| {
                let mut mailbox = self.mailbox(user);
                let readers = self.readers(&accounts, &lists);
                mailbox["fullAccess"] = json!(readers);
                if self.happens(10) {
                    mailbox["deniedAccess"] = json!(self.readers(&accounts, &lists));
                }
                if self.happens(12) {
                    mailbox["kind"] = json!(if self.happens(50) { "room" } else { "equipment" });
                }
                mailbox
            })
            .collect();
        let unlicensed: Vec<String> = accounts.iter().filter(|upn| !licensed.contains(upn)).cloned().collect();
        let mail_users: Vec<Value> = self
            .some(&unlicensed, 1)
            .into_iter()
            .map(|user| json!({"user": user, "address": self.address()}))
            .collect();
        let rules: Vec<Value> = (0..self.random.random_range(0..4)).map(|_| self.transport_rule()).collect();
        let created = if self.happens(40) { "2019-05-01T00:00:00Z" } else { "2023-05-01T00:00:00Z" };
        let mut exchange = json!({"mailboxes": mailboxes, "sharedMailboxes": shared_mailboxes, "contacts": contacts,
            "lists": lists, "groups": subscriptions, "transportRules": rules, "mailUsers": mail_users});
        self.policies(&mut exchange);
        let mut organization = json!({"technicalNotificationMails": [self.written()],
            "securityComplianceNotificationMails": [self.written()], "marketingNotificationEmails": [self.written()]});
        if self.happens(30) {
            organization["privacyProfile"] = json!({"contactEmail": self.written()});
        }
        let mut tenant = json!({
            "tenant": {"id": crate::ids::derive("tangled", &number.to_string()), "displayName": "Contoso",
                "createdDateTime": created, "domains": [
                    {"name": "contoso.onmicrosoft.com", "initial": true}, {"name": "contoso.com", "default": true},
                    {"name": "relay.example"}, {"name": "pending.example", "verified": false}]},
            "organization": organization, "skus": [{"skuPartNumber": "SPE_E5", "enabled": 50}],
            "applications": [{"name": "tenant-contacts", "clientId": "6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001",
                "secrets": [{"value": "tangled-secret"}], "directoryRoles": ["Global Reader"]}],
            "users": users, "groups": groups, "exchange": exchange, "notices": {"sent": sent()}});
        if self.happens(30) {
            tenant["partner"] = json!({"legalBusiness": {"primaryContact": {"email": self.address()},
                "companyApproverEmail": self.address()}});
        }
        if self.happens(30) {
            tenant["billing"] = self.billing(&accounts);
        }
        self.assignments(&accounts, &mut tenant);
        self.references(&mut tenant);
        tenant
    }
}

fn push(array: &mut Value, one: Value) {
    if let Value::Array(all) = array {
        all.push(one);
    }
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
