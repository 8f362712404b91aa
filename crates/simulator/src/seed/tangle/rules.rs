//! Mail flow rules.

use rand::Rng;
use serde_json::{Map, Value, json};

use super::{DOMAINS, Tangle};

impl Tangle {
    /// A rule with the conditions that it may have, and one thing or two that it does.
    pub(super) fn transport_rule(&mut self) -> Value {
        let mut rule = Map::new();
        let groups: Vec<String> = self.addresses.iter().filter(|a| a.starts_with(['l', 'g'])).cloned().collect();
        let groups: Vec<String> = groups.into_iter().filter(|address| address != "gone@contoso.com").collect();
        for (percent, name) in
            [(50, "sentTo"), (15, "sentToMemberOf"), (10, "exceptIfSentTo"), (5, "exceptIfSentToMemberOf")]
        {
            let from = if name.ends_with("MemberOf") { groups.clone() } else { self.addresses.clone() };
            if self.happens(percent) && !from.is_empty() {
                rule.insert(name.to_owned(), json!([self.pick(&from)]));
            }
        }
        if rule.is_empty() || self.happens(20) {
            self.condition(&mut rule);
        }
        self.action(&mut rule);
        if self.happens(6) {
            self.action(&mut rule);
        }
        rule.insert("state".to_owned(), json!(if self.happens(80) { "Enabled" } else { "Disabled" }));
        rule.insert("mode".to_owned(), json!(if self.happens(80) { "Enforce" } else { "Audit" }));
        rule.insert("stopRuleProcessing".to_owned(), json!(self.happens(30)));
        Value::Object(rule)
    }

    fn condition(&mut self, rule: &mut Map<String, Value>) {
        let domain = self.pick(&["contoso.com", "relay.example", "outside.example"].map(str::to_owned));
        let lists = self.correspondents.last().cloned();
        let (name, value) = match (self.random.random_range(0..10), lists) {
            (0, _) => ("fromScope", json!("InOrganization")),
            (1, _) => ("senderDomainIs", json!(["else.example"])),
            (2, _) => ("subjectContainsWords", json!([self.word()])),
            (3, _) => ("recipientDomainIs", json!([domain])),
            (4, _) => ("exceptIfRecipientDomainIs", json!([domain])),
            (5, _) => {
                let side = if self.happens(50) { "InOrganization" } else { "NotInOrganization" };
                ("sentToScope", json!(side))
            }
            (6, _) => ("exceptIfSenderDomainIs", json!(DOMAINS[..self.random.random_range(1..=2)])),
            (7, Some(_)) => ("fromMemberOf", json!(["senders@contoso.com"])),
            (8, Some(_)) => ("exceptIfFromMemberOf", json!(["senders@contoso.com"])),
            _ => ("from", json!(self.senders())),
        };
        rule.insert(name.to_owned(), value);
    }

    fn action(&mut self, rule: &mut Map<String, Value>) {
        let level = [-1, 0, 5, 6, 9][self.random.random_range(0..5)];
        let (name, value) = match self.random.random_range(0..9) {
            0 | 1 => ("redirectMessageTo", json!([self.address()])),
            2 => ("blindCopyTo", json!([self.address()])),
            3 => ("addToRecipients", json!([self.address()])),
            4 => ("deleteMessage", json!(true)),
            5 => ("quarantine", json!(true)),
            6 => ("rejectMessageReasonText", json!("Not here.")),
            7 => ("setSCL", json!(level)),
            _ => ("moderateMessageByUser", json!([self.address()])),
        };
        rule.insert(name.to_owned(), value);
    }
}
