//! Lists, mailboxes and inbox rules.

use rand::Rng;
use serde_json::{Value, json};

use super::{PASSWORDS, SENDERS, Tangle};

impl Tangle {
    /// Restrictions and moderation, rarely.
    pub(super) fn restrict(&mut self, object: &mut Value) {
        for (percent, names) in [
            (8, ["acceptMessagesOnlyFrom", ""]),
            (4, ["rejectMessagesFrom", ""]),
            (5, ["moderatedBy", "moderationEnabled"]),
        ] {
            if self.happens(percent) {
                // Whom Microsoft's senders stand for moderates nothing.
                let people: Vec<String> =
                    self.names.iter().filter(|name| !name.starts_with("Sender")).cloned().collect();
                object[names[0]] = json!([self.pick(&people)]);
                if !names[1].is_empty() {
                    object[names[1]] = json!(true);
                    if self.happens(40) {
                        object["bypassModerationFromSendersOrMembers"] = json!([self.correspondent()]);
                    }
                }
            }
        }
        // By who Microsoft's senders are here, if somebody made contacts of them.
        if self.happens(4) {
            let name = if self.happens(70) { "acceptMessagesOnlyFrom" } else { "rejectMessagesFrom" };
            object[name] = json!([self.correspondent()]);
        }
    }

    /// One of Microsoft's senders as a contact, all of them as a list, or somebody else.
    fn correspondent(&mut self) -> String {
        let known: Vec<String> = self.correspondents.clone();
        if known.is_empty() || self.happens(30) { self.name() } else { self.pick(&known) }
    }

    /// Contacts for Microsoft's senders, rarely, and a list of them.
    pub(super) fn microsoft(&mut self, contacts: &mut Vec<Value>) -> Option<Value> {
        if !self.happens(20) {
            return None;
        }
        let most = if self.happens(50) { SENDERS.len() } else { 2 };
        let mut members = Vec::new();
        for (at, sender) in SENDERS.into_iter().take(most).enumerate() {
            let name = format!("Sender {at}");
            contacts.push(json!({"name": name, "address": sender}));
            members.push(name);
        }
        self.correspondents.clone_from(&members);
        self.correspondents.push("Senders".to_owned());
        self.correspondents.push("Senders".to_owned());
        Some(json!({"name": "Senders", "mail": "senders@contoso.com", "members": members}))
    }

    /// Lists of every kind, in each other at random.
    pub(super) fn lists(&mut self) -> Vec<Value> {
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
                if self.happens(15) {
                    let alias = format!("list{at}@contoso.com");
                    list["aliases"] = json!([alias]);
                    self.addresses.push(alias);
                }
                self.restrict(&mut list);
                list
            })
            .collect()
    }

    /// A word that rules look for in the subject.
    pub(super) fn word(&mut self) -> String {
        format!("word{}", self.random.random_range(0..3))
    }

    /// Accounts, and security groups: Exchange gives permissions to nobody else (`[EPS]` Add-MailboxPermission).
    pub(super) fn readers(&mut self, accounts: &[String], lists: &[Value]) -> Vec<String> {
        let mut found = self.some(accounts, 2);
        if self.happens(30) {
            let secure = lists.iter().filter(|list| list["kind"] == "security");
            let secure: Vec<String> = secure.filter_map(|list| list["name"].as_str().map(str::to_owned)).collect();
            found.extend(self.some(&secure, 1));
        }
        found
    }

    pub(super) fn mailbox(&mut self, user: &str) -> Value {
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
            2 => {
                let folders = ["RSS Feeds", "RSS Feeds", "Inbox", "Junk Email", "Notices"];
                rule["moveToFolder"] = json!(self.pick(&folders.map(str::to_owned)));
            }
            3 => {
                rule["redirectTo"] = json!([self.address_or_name()]);
                rule["deleteMessage"] = json!(true);
            }
            _ => rule["deleteMessage"] = json!(true),
        }
        if self.happens(25) {
            rule["from"] = json!(self.senders());
        } else if self.happens(10) {
            rule["exceptIfFrom"] = json!(self.senders());
        }
        if self.happens(6) {
            rule["subjectContainsWords"] = json!([self.word()]);
        }
        rule
    }

    /// Whom rules look for: one of Microsoft's senders, or somebody else.
    fn sender(&mut self) -> &'static str {
        if self.happens(30) {
            return "maccount@microsoft.com";
        }
        let one = SENDERS[self.random.random_range(0..SENDERS.len())];
        if self.happens(40) { one } else { "somebody@else.example" }
    }

    /// Several of them: now and then all of Microsoft's, those about passwords, or all but those.
    pub(super) fn senders(&mut self) -> Vec<&'static str> {
        match self.random.random_range(0..20) {
            0..3 => SENDERS.to_vec(),
            3 | 4 => SENDERS[..PASSWORDS].to_vec(),
            5 | 6 => SENDERS[PASSWORDS..].to_vec(),
            _ => vec![self.sender()],
        }
    }

    /// What an inbox rule may name: a recipient, or an address outside.
    fn address_or_name(&mut self) -> String {
        if self.happens(30) { "x0@outside.example".to_owned() } else { self.name() }
    }
}
