//! The mail filter, forwarding to the outside, domains.

use rand::Rng;
use serde_json::{Value, json};

use super::{DOMAINS, Tangle};

impl Tangle {
    /// Outbound policies, remote domains, blocked and allowed senders, a domain served elsewhere.
    pub(super) fn policies(&mut self, exchange: &mut Value) {
        exchange["acceptedDomains"] = json!([{"domainName": "relay.example", "domainType": "InternalRelay"}]);
        exchange["softDeleted"] = json!([{"name": "Old", "addresses": ["old@contoso.com"], "at": "-3d"}]);
        self.addresses.push("old@contoso.com".to_owned());
        let mode = self.pick(&["Automatic", "On", "On", "Off"].map(str::to_owned));
        let mut policies = vec![json!({"name": "Default", "autoForwardingMode": mode})];
        if self.happens(25) {
            policies.push(json!({"name": "Some", "autoForwardingMode": self.pick(&["On", "Off"].map(str::to_owned))}));
            let from = self.addresses.clone();
            let mut rule = json!({"hostedOutboundSpamFilterPolicy": "Some", "from": self.some(&from, 3)});
            self.except(&mut rule, ["exceptIfFrom", "exceptIfFromMemberOf"]);
            exchange["outboundRules"] = json!([rule]);
        }
        exchange["outboundPolicies"] = json!(policies);
        if self.happens(20) {
            exchange["remoteDomains"] = json!([{"domainName": "outside.example", "autoForwardEnabled": false}]);
        }
        self.filters(exchange);
        if self.happens(12) {
            let action = self.pick(&["Allow", "Block"].map(str::to_owned));
            let until = if self.happens(20) { "-3d" } else { "+3d" };
            let entries: Vec<Value> = self
                .blocked()
                .into_iter()
                .map(|value| json!({"value": value, "action": action, "expirationDate": until}))
                .collect();
            exchange["allowBlockEntries"] = json!(entries);
        }
    }

    /// The default policy, and now and then one for some recipients.
    fn filters(&mut self, exchange: &mut Value) {
        let (mut policies, mut rules) = (Vec::new(), Vec::new());
        if self.happens(15) {
            policies.push(self.filter("Default"));
        }
        if self.happens(15) {
            policies.push(self.filter("Some"));
            let mut rule = json!({"hostedContentFilterPolicy": "Some"});
            let to = self.addresses.clone();
            match self.random.random_range(0..3) {
                0 => rule["recipientDomainIs"] = json!(["contoso.com"]),
                _ => rule["sentTo"] = json!(self.some(&to, 3)),
            }
            self.except(&mut rule, ["exceptIfSentTo", "exceptIfSentToMemberOf"]);
            rule["state"] = json!(if self.happens(85) { "Enabled" } else { "Disabled" });
            rules.push(rule);
        }
        exchange["contentFilterPolicies"] = json!(policies);
        exchange["contentFilterRules"] = json!(rules);
    }

    fn filter(&mut self, name: &str) -> Value {
        let mut policy = json!({"name": name, "redirectToRecipients": [self.address()]});
        for action in ["spamAction", "highConfidenceSpamAction"] {
            let actions = ["MoveToJmf", "Quarantine", "AddXHeader", "Delete", "Redirect"];
            policy[action] = json!(self.pick(&actions.map(str::to_owned)));
        }
        if self.happens(60) {
            policy["blockedSenderDomains"] = json!(self.blocked());
        }
        if self.happens(15) {
            policy["allowedSenderDomains"] = json!(self.blocked());
        }
        policy
    }

    /// One of the domains of Microsoft's senders, or both.
    fn blocked(&mut self) -> Vec<&'static str> {
        let most = if self.happens(60) { 2 } else { 1 };
        DOMAINS.into_iter().take(most).collect()
    }

    /// Exceptions, now and then.
    fn except(&mut self, rule: &mut Value, [people, members]: [&str; 2]) {
        let is_list = |address: &&String| address.starts_with('l') && !address.starts_with("list");
        let lists: Vec<String> = self.addresses.iter().filter(is_list).cloned().collect();
        let all = self.addresses.clone();
        if self.happens(15) {
            rule[people] = json!([self.pick(&all)]);
        }
        if self.happens(15) && !lists.is_empty() {
            rule[members] = json!([self.pick(&lists)]);
        }
    }
}
