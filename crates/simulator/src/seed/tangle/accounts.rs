//! Accounts, and who holds roles.

use rand::Rng;
use serde_json::{Value, json};

use super::{ROLES, Tangle, push};

impl Tangle {
    /// Accounts as the seed writes them, the names of the ordinary ones, and those of shared mailboxes.
    pub(super) fn accounts(&mut self) -> (Vec<Value>, Vec<String>, Vec<String>) {
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
            // Some were converted and kept their licence, some an account that signs in.
            let licences: &[&str] = if self.happens(15) { &["SPE_E5"] } else { &[] };
            users.push(json!({"upn": upn, "accountEnabled": self.happens(10), "licences": licences}));
            self.addresses.push(upn.clone());
            self.names.push(upn.clone());
            shared.push(upn);
        }
        if self.happens(30) {
            users.push(json!({"upn": "gone@contoso.com", "licences": ["SPE_E5"], "deleted": true,
                "otherMails": ["gone@home.example"]}));
            self.addresses.push("gone@contoso.com".to_owned());
        }
        if self.happens(30) {
            let upn = "guest_x#EXT#@contoso.onmicrosoft.com";
            let roles: Vec<&str> = ROLES.into_iter().filter(|_| self.happens(8)).collect();
            users.push(json!({"upn": upn, "mail": "guest@partner.example", "userType": "Guest", "roles": roles}));
            self.names.push(upn.to_owned());
        }
        self.addresses.extend(["nobody@contoso.com".to_owned(), "far@relay.example".to_owned()]);
        (users, ordinary, shared)
    }

    /// Roles through groups, in a part of the organization, only eligible, of an application.
    pub(super) fn assignments(&mut self, accounts: &[String], tenant: &mut Value) {
        if self.happens(25) {
            let (members, role) = (self.some(accounts, 3), self.role());
            push(
                &mut tenant["groups"],
                json!({"name": "Role Group", "isAssignableToRole": true, "security": true,
                "members": members, "roles": [role]}),
            );
        }
        let mut scoped = Vec::new();
        for unit in 0..self.random.random_range(0..3) {
            if self.happens(40) {
                let (role, principal) = (self.role(), self.pick(accounts));
                scoped.push(json!({"role": role, "principal": principal,
                    "scope": format!("/administrativeUnits/{}", crate::ids::derive("unit", &unit.to_string()))}));
            }
        }
        tenant["roleAssignments"] = json!(scoped);
        if self.happens(20) {
            let (role, principal) = (self.role(), self.pick(accounts));
            tenant["eligibleRoles"] = json!([{"role": role, "principal": principal}]);
        }
        if self.happens(12) {
            let role = self.role();
            push(
                &mut tenant["applications"],
                json!({"name": "Robot", "clientId": "0e7b9d3c-5a41-4f86-8d2b-6c1e9f3a7d02",
                "directoryRoles": [role]}),
            );
        }
    }

    fn role(&mut self) -> &'static str {
        ROLES.get(self.random.random_range(0..ROLES.len())).copied().unwrap_or_default()
    }

    /// Billing accounts: of a Customer Agreement, of older subscriptions, of another agreement, or of several.
    pub(super) fn billing(&mut self, accounts: &[String]) -> Value {
        let mut all = Vec::new();
        if self.happens(85) {
            let (holder, other) = (self.pick(accounts), self.pick(accounts));
            let role = self.pick(&["Billing account owner", "Billing account reader"].map(str::to_owned));
            let of_profile =
                self.pick(&["Invoice manager", "Billing profile owner", "Billing profile reader"].map(str::to_owned));
            all.push(json!({"name": "account", "roles": [{"role": role, "principal": other}],
                "profiles": [{"name": "profile", "invoiceRecipients": [self.address()],
                    "invoiceEmailOptIn": self.happens(70), "roles": [{"role": of_profile, "principal": holder}]}]}));
        }
        if self.happens(15) {
            let kind = self.pick(&["EnterpriseAgreement", "MicrosoftPartnerAgreement", "Other"].map(str::to_owned));
            all.push(json!({"name": "other", "agreementType": kind}));
        }
        if all.is_empty() || self.happens(25) {
            all.push(json!({"name": "older", "agreementType": "MicrosoftOnlineServicesProgram"}));
        }
        json!({"accounts": all})
    }
}
