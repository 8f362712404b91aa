//! Recipients of which Exchange Online alone does not tell everything: mailboxes on-premises, dynamic lists at the edge, and
//! names that fit several.

use rand::Rng;
use serde_json::{Value, json};

use super::{Tangle, push, texts};

impl Tangle {
    /// Comes last, so that what was drawn before stays what it was.
    pub(super) fn references(&mut self, tenant: &mut Value) {
        self.hybrid(tenant);
        self.relayed_list(tenant);
        self.namesakes(&mut tenant["users"]);
    }

    /// Accounts with an address and without a mailbox here are synchronised now and then: their mailboxes may be on-premises,
    /// where an outbound connector takes their mail, or none does.
    fn hybrid(&mut self, tenant: &mut Value) {
        if !self.happens(40) {
            return;
        }
        let mut synced = false;
        for user in tenant["users"].as_array_mut().into_iter().flatten() {
            let here = !texts(&user["licences"]).is_empty() || user["userType"] == "Guest";
            if !here && user["mail"].is_string() && self.happens(70) {
                user["onPremisesSyncEnabled"] = json!(true);
                synced = true;
            }
        }
        if synced && self.happens(60) {
            let domain = self.pick(&["contoso.com", "*", "*.contoso.com", "else.example"].map(str::to_owned));
            let kind = if self.happens(80) { "OnPremises" } else { "Partner" };
            tenant["exchange"]["outboundConnectors"] = json!([{"name": "To the data centre", "connectorType": kind,
                "recipientDomains": [domain], "enabled": self.happens(85)}]);
        }
    }

    /// A dynamic list with an address in a domain that relays what it does not know: the edge lets that pass.
    fn relayed_list(&mut self, tenant: &mut Value) {
        let lists = tenant["exchange"]["lists"].as_array_mut().into_iter().flatten();
        let Some(list) = lists.into_iter().find(|list| list["kind"] == "dynamic" && list["aliases"].is_null()) else {
            return;
        };
        if self.happens(50) {
            let address = "dynamic@relay.example";
            list["aliases"] = json!([address]);
            push(&mut tenant["organization"]["technicalNotificationMails"], json!(address));
        }
    }

    /// Two people of one display name, and one who is called like another one's alias.
    fn namesakes(&mut self, users: &mut Value) {
        let count = users.as_array().map_or(0, Vec::len);
        if count < 3 {
            return;
        }
        if self.happens(30) {
            for _ in 0..2 {
                let at = self.random.random_range(0..count);
                users[at]["displayName"] = json!("Andrew Smith");
            }
        }
        if self.happens(20) {
            let (at, other) = (self.random.random_range(0..count), self.random.random_range(0..count));
            let alias = users[other]["upn"].as_str().and_then(|upn| upn.split('@').next()).map(str::to_owned);
            users[at]["displayName"] = json!(alias);
        }
    }
}
