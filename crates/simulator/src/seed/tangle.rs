//! Tenants in a tangle: everything that can happen to mail, at random, small enough to look at.
//!
//! Invariant: the same number always gives the same tenant, and every one of them loads.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value, json};

use super::Seed;

/// Directory roles that choose recipients of notices, and one that does not.
const ROLES: [&str; 6] = [
    "Global Administrator",
    "Billing Administrator",
    "Helpdesk Administrator",
    "Password Administrator",
    "User Administrator",
    "Exchange Administrator",
];

impl Seed {
    /// A random tenant: a dozen accounts, shared mailboxes, nested lists with circles, groups, contacts, forwarding inside
    /// and out, inbox rules, mail flow rules, filters, restrictions; organization contacts, administrators, notices that were
    /// sent, sometimes a partner account and a billing account. For tests that compare two answers over many tenants.
    pub fn tangled(number: u64) -> Self {
        let mut tangle = Tangle { random: StdRng::seed_from_u64(number), names: Vec::new(), addresses: Vec::new() };
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

    fn tenant(&mut self, number: u64) -> Value {
        let (users, accounts, shared) = self.accounts();
        let contacts: Vec<Value> = (0..self.random.random_range(0..3))
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
        let lists = self.lists();
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
        // An account without a licence has no mailbox to say anything of.
        let licensed: Vec<String> = users
            .iter()
            .filter(|user| !texts(&user["licences"]).is_empty() && user["deleted"] != true)
            .filter_map(|user| user["upn"].as_str().map(str::to_owned))
            .collect();
        let mailboxes: Vec<Value> = licensed.iter().map(|user| self.mailbox(user)).collect();
        let shared_mailboxes: Vec<Value> = shared
            .iter()
            .map(|user| {
                let mut mailbox = self.mailbox(user);
                let readers = self.readers(&accounts, &lists);
                mailbox["fullAccess"] = json!(readers);
                mailbox
            })
            .collect();
        let rules: Vec<Value> = (0..self.random.random_range(0..4)).map(|_| self.transport_rule()).collect();
        let created = if self.happens(40) { "2019-05-01T00:00:00Z" } else { "2023-05-01T00:00:00Z" };
        let mut exchange = json!({"mailboxes": mailboxes, "sharedMailboxes": shared_mailboxes, "contacts": contacts,
            "lists": lists, "groups": subscriptions, "transportRules": rules});
        self.policies(&mut exchange);
        let organization = json!({"technicalNotificationMails": [self.address()],
            "securityComplianceNotificationMails": [self.address()], "marketingNotificationEmails": [self.address()]});
        let mut tenant = json!({
            "tenant": {"id": crate::ids::derive("tangled", &number.to_string()), "displayName": "Contoso",
                "createdDateTime": created, "domains": [
                    {"name": "contoso.onmicrosoft.com", "initial": true}, {"name": "contoso.com", "default": true},
                    {"name": "relay.example"}]},
            "organization": organization, "skus": [{"skuPartNumber": "SPE_E5", "enabled": 50}],
            "applications": [{"name": "tenant-contacts", "clientId": "6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001",
                "secrets": [{"value": "tangled-secret"}], "directoryRoles": ["Global Reader"]}],
            "users": users, "groups": groups, "exchange": exchange, "notices": {"sent": sent()}});
        if self.happens(30) {
            tenant["partner"] = json!({"legalBusiness": {"primaryContact": {"email": self.address()},
                "companyApproverEmail": self.address()}});
        }
        if self.happens(30) {
            let holder = self.pick(&accounts);
            tenant["billing"] = json!({"accounts": [{"name": "account", "profiles": [{"name": "profile",
                "invoiceRecipients": [self.address()], "invoiceEmailOptIn": self.happens(70),
                "roles": [{"role": "Invoice manager", "principal": holder}]}]}]});
        }
        tenant
    }

    /// Accounts as the seed writes them, the names of the ordinary ones, and those of shared mailboxes.
    fn accounts(&mut self) -> (Vec<Value>, Vec<String>, Vec<String>) {
        let mut users = Vec::new();
        let (mut ordinary, mut shared) = (Vec::new(), Vec::new());
        for at in 0..self.random.random_range(4..13) {
            let upn = format!("u{at}@contoso.com");
            let licences: &[&str] = if self.happens(80) { &["SPE_E5"] } else { &[] };
            let roles: Vec<&str> = ROLES.into_iter().filter(|_| self.happens(12)).collect();
            let mut user = json!({"upn": upn, "licences": licences, "roles": roles,
                "accountEnabled": self.happens(85)});
            if licences.is_empty() && self.happens(50) {
                user["mail"] = json!(upn);
            }
            if self.happens(40) {
                user["otherMails"] = json!([format!("p{at}@home.example")]);
            }
            if !licences.is_empty() && self.happens(25) {
                let alias = format!("alias{at}@contoso.com");
                user["proxyAddresses"] = json!([format!("SMTP:{upn}"), format!("smtp:{alias}")]);
                self.addresses.push(alias);
            }
            self.addresses.push(upn.clone());
            self.names.push(upn.clone());
            ordinary.push(upn);
            users.push(user);
        }
        for at in 0..self.random.random_range(0..4) {
            let upn = format!("s{at}@contoso.com");
            users.push(json!({"upn": upn, "accountEnabled": false}));
            self.addresses.push(upn.clone());
            self.names.push(upn.clone());
            shared.push(upn);
        }
        if self.happens(30) {
            users.push(json!({"upn": "gone@contoso.com", "licences": ["SPE_E5"], "deleted": true}));
            self.addresses.push("gone@contoso.com".to_owned());
        }
        if self.happens(30) {
            let upn = "guest_x#EXT#@contoso.onmicrosoft.com";
            users.push(json!({"upn": upn, "mail": "guest@partner.example", "userType": "Guest"}));
            self.names.push(upn.to_owned());
        }
        self.addresses.extend(["nobody@contoso.com".to_owned(), "far@relay.example".to_owned()]);
        (users, ordinary, shared)
    }

    /// Restrictions and moderation, rarely.
    fn restrict(&mut self, object: &mut Value) {
        for (percent, names) in [
            (8, ["acceptMessagesOnlyFrom", ""]),
            (4, ["rejectMessagesFrom", ""]),
            (5, ["moderatedBy", "moderationEnabled"]),
        ] {
            if self.happens(percent) {
                object[names[0]] = json!([self.name()]);
                if !names[1].is_empty() {
                    object[names[1]] = json!(true);
                }
            }
        }
    }

    /// Lists of every kind, in each other at random.
    fn lists(&mut self) -> Vec<Value> {
        let count = self.random.random_range(0..7);
        let lists: Vec<String> = (0..count).map(|at| format!("List {at}")).collect();
        self.names.extend(lists.iter().cloned());
        self.addresses.extend((0..count).map(|at| format!("l{at}@contoso.com")));
        let names = self.names.clone();
        lists
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let kind = self.pick(&["distribution", "distribution", "security", "dynamic"].map(str::to_owned));
                let mut list = json!({"name": name, "mail": format!("l{at}@contoso.com"), "kind": kind,
                    "members": self.some(&names, 4), "requireSenderAuthenticationEnabled": self.happens(35)});
                self.restrict(&mut list);
                list
            })
            .collect()
    }

    /// Accounts, and security groups: Exchange gives permissions to nobody else (`[EPS]` Add-MailboxPermission).
    fn readers(&mut self, accounts: &[String], lists: &[Value]) -> Vec<String> {
        let mut found = self.some(accounts, 2);
        if self.happens(30) {
            let secure = lists.iter().filter(|list| list["kind"] == "security");
            let secure: Vec<String> = secure.filter_map(|list| list["name"].as_str().map(str::to_owned)).collect();
            found.extend(self.some(&secure, 1));
        }
        found
    }

    fn mailbox(&mut self, user: &str) -> Value {
        let mut mailbox = json!({"user": user});
        if self.happens(20) {
            mailbox["forwardingAddress"] = json!(self.name());
        }
        if self.happens(15) {
            mailbox["forwardingSmtpAddress"] = json!(format!("smtp:{}", self.address()));
        }
        mailbox["deliverToMailboxAndForward"] = json!(self.happens(40));
        if self.happens(8) {
            mailbox["prohibitSendReceiveQuota"] = json!("50 GB");
            mailbox["size"] = json!("50 GB");
        }
        if self.happens(5) {
            mailbox["requireSenderAuthenticationEnabled"] = json!(true);
        }
        if self.happens(60) {
            self.restrict(&mut mailbox);
        }
        if self.happens(25) {
            let rules: Vec<Value> = (0..self.random.random_range(1..3)).map(|_| self.inbox_rule()).collect();
            mailbox["inboxRules"] = json!(rules);
        }
        mailbox
    }

    fn inbox_rule(&mut self) -> Value {
        let mut rule = json!({"enabled": self.happens(85), "isHidden": self.happens(30),
            "stopProcessingRules": self.happens(30)});
        match self.random.random_range(0..5) {
            0 => rule["redirectTo"] = json!([self.address_or_name()]),
            1 => rule["forwardTo"] = json!([self.address_or_name()]),
            2 => rule["moveToFolder"] = json!("RSS Feeds"),
            3 => {
                rule["redirectTo"] = json!([self.address_or_name()]);
                rule["deleteMessage"] = json!(true);
            }
            _ => rule["deleteMessage"] = json!(true),
        }
        if self.happens(25) {
            rule["from"] = json!([self.sender()]);
        }
        rule
    }

    /// Whom rules look for: one of Microsoft's senders, or somebody else.
    fn sender(&mut self) -> &'static str {
        if self.happens(40) { "maccount@microsoft.com" } else { "somebody@else.example" }
    }

    /// What an inbox rule may name: a recipient, or an address outside.
    fn address_or_name(&mut self) -> String {
        if self.happens(30) { "x0@outside.example".to_owned() } else { self.name() }
    }

    fn transport_rule(&mut self) -> Value {
        let mut rule = Map::new();
        let groups: Vec<String> = self.addresses.iter().filter(|a| a.starts_with(['l', 'g'])).cloned().collect();
        let groups: Vec<String> = groups.into_iter().filter(|address| address != "gone@contoso.com").collect();
        for (percent, name) in [(50, "sentTo"), (15, "sentToMemberOf"), (10, "exceptIfSentTo")] {
            let from = if name == "sentToMemberOf" { groups.clone() } else { self.addresses.clone() };
            if self.happens(percent) && !from.is_empty() {
                rule.insert(name.to_owned(), json!([self.pick(&from)]));
            }
        }
        if rule.is_empty() || self.happens(15) {
            let (name, value) = match self.random.random_range(0..4) {
                0 => ("fromScope", json!("InOrganization")),
                1 => ("senderDomainIs", json!(["else.example"])),
                2 => ("subjectContainsWords", json!([format!("word{}", self.random.random_range(0..1_000))])),
                _ => ("from", json!([self.sender()])),
            };
            rule.insert(name.to_owned(), value);
        }
        let (name, value) = match self.random.random_range(0..8) {
            0 | 1 => ("redirectMessageTo", json!([self.address()])),
            2 => ("blindCopyTo", json!([self.address()])),
            3 => ("addToRecipients", json!([self.address()])),
            4 => ("deleteMessage", json!(true)),
            5 => ("quarantine", json!(true)),
            6 => ("rejectMessageReasonText", json!("Not here.")),
            _ => ("moderateMessageByUser", json!([self.address()])),
        };
        rule.insert(name.to_owned(), value);
        rule.insert("state".to_owned(), json!(if self.happens(80) { "Enabled" } else { "Disabled" }));
        rule.insert("mode".to_owned(), json!(if self.happens(80) { "Enforce" } else { "Audit" }));
        rule.insert("stopRuleProcessing".to_owned(), json!(self.happens(30)));
        Value::Object(rule)
    }

    /// Outbound policies, remote domains, blocked and allowed senders, a domain served elsewhere.
    fn policies(&mut self, exchange: &mut Value) {
        exchange["acceptedDomains"] = json!([{"domainName": "relay.example", "domainType": "InternalRelay"}]);
        let mode = self.pick(&["Automatic", "On", "On", "Off"].map(str::to_owned));
        let mut policies = vec![json!({"name": "Default", "autoForwardingMode": mode})];
        if self.happens(25) {
            policies.push(json!({"name": "Some", "autoForwardingMode": self.pick(&["On", "Off"].map(str::to_owned))}));
            let from = self.addresses.clone();
            exchange["outboundRules"] =
                json!([{"hostedOutboundSpamFilterPolicy": "Some", "from": self.some(&from, 3)}]);
        }
        exchange["outboundPolicies"] = json!(policies);
        if self.happens(20) {
            exchange["remoteDomains"] = json!([{"domainName": "outside.example", "autoForwardEnabled": false}]);
        }
        if self.happens(10) {
            exchange["contentFilterPolicies"] = json!([{"name": "Default", "blockedSenderDomains": ["microsoft.com"]}]);
        }
        if self.happens(10) {
            exchange["allowBlockEntries"] = json!([{"value": "microsoft.com",
                "action": self.pick(&["Allow", "Block"].map(str::to_owned)), "expirationDate": "+3d"}]);
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
