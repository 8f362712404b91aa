//! The worklist as text for the people who work through it, and as JSON.

use std::fmt::Write as _;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use tenant_contacts_api::API_VERSION;
use tenant_contacts_core::{
    desired::ObjectKey,
    export::Names,
    worklist::{GatewayTask, Task, Why, Worklist},
};

use crate::printable::printable;

/// Where the business email is set. The place is an old observation of Microsoft's own blog (contract §5 [MSDN]); portals
/// move, and no page of today's documentation names it.
const WHERE: &[&str] = &[
    "Sign in at https://admin.microsoft.com as the account itself: nobody can set it for another.",
    "Open the account's own settings (the picture, or the gear) and there the contact preferences.",
    "Set \"Business email\" to the address below, save, and look again.",
];

/// The list as text. New objects are of this Tenant and get these names; `today` is the day that an attestation would carry.
pub fn text(list: &Worklist, tenant: &ObjectKey, mut names: Names, today: Date) -> String {
    let mut text = String::new();
    let count = list.tasks.len();
    let _ = match count {
        0 if list.unread.is_empty() && list.gateways.is_empty() => {
            writeln!(text, "Nothing to do: every administrator's business email is attested.")
        }
        0 if list.unread.is_empty() => writeln!(text, "Every administrator's business email is attested."),
        0 => Ok(()),
        1 => writeln!(text, "A person must check and attest one administrator's business email."),
        _ => writeln!(text, "A person must check and attest {count} administrators' business emails."),
    };
    if count > 0 {
        text.push_str("No API shows or sets it, so a person checks it and attests it. For each of them:\n");
        for (number, step) in (1..).zip(WHERE) {
            let _ = writeln!(text, "  {number}. {step}");
        }
        text.push_str("  4. Commit the YAML, with your name. The attestation is valid for 180 days.\n");
    }
    for task in &list.tasks {
        let _ = write!(text, "\n{}", one(task, tenant, &mut names, today));
    }
    text.push_str(&sealed(&list.sealed));
    text.push_str(&gateways(&list.gateways, today));
    for (what, why) in &list.unread {
        let _ = writeln!(text, "\nNot known: {what}: {why}. The list may be incomplete.");
    }
    text
}

/// Accounts that nobody should sign in with for this.
fn sealed(names: &[Box<str>]) -> String {
    let mut text = String::new();
    for name in names {
        let _ = writeln!(
            text,
            "\n{} looks like a break-glass account: do not sign in with it for this. Name it in the Tenant's \
             guardRails.protectedAccounts, or declare it in a UserContact if people work with it.",
            printable(name)
        );
    }
    text
}

/// Gateways that nobody vouches for.
fn gateways(tasks: &[GatewayTask], today: Date) -> String {
    let mut text = String::new();
    let _ = match tasks.len() {
        0 => return text,
        1 => writeln!(text, "\nA person must check and attest one gateway before the mailboxes."),
        count => writeln!(text, "\nA person must check and attest {count} gateways before the mailboxes."),
    };
    text.push_str(
        "Check in its own settings whether Microsoft's notice senders pass, and attest it. The attestation is valid for 180 days.\n",
    );
    for task in tasks {
        let domains =
            if task.domains.is_empty() { "every domain".to_owned() } else { printable(&task.domains.join(", ")) };
        let _ = writeln!(text, "\n{}  (mail to {domains})", printable(&task.name));
        let _ = writeln!(text, "  why:   {}", why(task.why));
        let _ = writeln!(text, "  YAML, add to this gateway of its TrustedSenders:");
        let _ = writeln!(text, "    attestation: {{by: \"YOUR NAME\", date: \"{today}\"}}");
    }
    text
}

/// Why somebody has to look, in words.
fn why(why: Why) -> String {
    match why {
        Why::NotDeclared => "no business email is declared".to_owned(),
        Why::NotAttested => "declared, and nobody has attested it".to_owned(),
        Why::Expired(on) => format!("attested on {on}, which is no longer valid"),
        Why::Undated => "attested on a day that cannot be read".to_owned(),
    }
}

fn one(task: &Task, tenant: &ObjectKey, names: &mut Names, today: Date) -> String {
    let mut text = String::new();
    let name = if task.display_name.trim().is_empty() { &task.user_principal_name } else { &task.display_name };
    let (name, account) = (printable(name), printable(&task.user_principal_name));
    let _ = writeln!(text, "{name}  <{account}>  {}", printable(&task.roles.join(", ")));
    let _ = writeln!(text, "  why:   {}", why(task.why));
    let value = task.address.as_deref().unwrap_or("a corporate address: the account has none that is known");
    let _ = writeln!(text, "  value: {}", printable(value));
    let head = if task.declared { "add to the spec of its UserContact" } else { "a new object" };
    let _ = writeln!(text, "  YAML, {head}:");
    for line in yaml(task, tenant, names, today) {
        let _ = writeln!(text, "    {line}");
    }
    text
}

/// What attests it. JSON strings are YAML strings, whatever is in them, and escape what a terminal would obey.
fn yaml(task: &Task, tenant: &ObjectKey, names: &mut Names, today: Date) -> Vec<String> {
    let quoted = |value: &str| escaped(&serde_json::Value::from(value).to_string());
    let address = quoted(task.address.as_deref().unwrap_or("ADDRESS"));
    let attested = [
        "businessEmail:".into(),
        format!("  address: {address}"),
        format!("  attestation: {{by: \"YOUR NAME\", date: \"{today}\"}}"),
    ];
    if task.declared {
        return attested.into();
    }
    let name = quoted(&names.of(&task.user_principal_name));
    let account = quoted(&task.user_principal_name);
    let mut lines = vec![
        format!("apiVersion: {API_VERSION}"),
        "kind: UserContact".into(),
        format!("metadata: {{name: {name}, namespace: {}}}", quoted(&tenant.namespace)),
        "spec:".into(),
        format!("  tenantRef: {{name: {}}}", quoted(&tenant.name)),
        format!("  accountRef: {{userPrincipalName: {account}, objectId: {}}}", task.id),
    ];
    lines.extend(attested.map(|line| format!("  {line}")));
    lines
}

/// A JSON string that says the same, with an escape for every character that does something else than to be seen.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if printable(c.encode_utf8(&mut [0; 4])) == c.to_string() {
            out.push(c);
        } else {
            let _ = c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"));
        }
    }
    out
}

/// The list for programs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorklistView {
    /// Tasks.
    pub tasks: Vec<TaskView>,
    /// Declared gateways that somebody has to look at.
    pub gateways: Vec<GatewayTaskView>,
    /// Sign-in names of accounts that look like break-glass accounts and are not declared as such: nobody is asked to sign in with
    /// them.
    pub sealed: Vec<String>,
    /// What is missing because it could not be read.
    pub unread: Vec<String>,
}

/// A task for programs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// Object id.
    #[schemars(with = "String")]
    pub object_id: uuid::Uuid,
    /// Sign-in name.
    pub user_principal_name: String,
    /// Roles held.
    pub roles: Vec<String>,
    /// `NotDeclared`, `NotAttested` or `Expired`.
    pub why: &'static str,
    /// The day of the attestation that holds no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub attested: Option<Date>,
    /// The address to set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A gateway for programs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayTaskView {
    /// What people call it.
    pub name: String,
    /// The domains whose mail it takes; all of the tenant's where there are none.
    pub domains: Vec<String>,
    /// `NotAttested` or `Expired`.
    pub why: &'static str,
    /// The day of the attestation that holds no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub attested: Option<Date>,
}

/// The word for a reason, and the day of an attestation that holds no longer.
fn word(why: Why) -> (&'static str, Option<Date>) {
    match why {
        Why::NotDeclared => ("NotDeclared", None),
        Why::NotAttested => ("NotAttested", None),
        Why::Expired(on) => ("Expired", Some(on)),
        Why::Undated => ("Expired", None),
    }
}

/// The list for programs.
pub fn view(list: &Worklist) -> WorklistView {
    let task = |task: &Task| TaskView {
        object_id: task.id,
        user_principal_name: task.user_principal_name.to_string(),
        roles: task.roles.iter().map(ToString::to_string).collect(),
        why: word(task.why).0,
        attested: word(task.why).1,
        address: task.address.as_deref().map(str::to_owned),
    };
    let gateway = |task: &GatewayTask| GatewayTaskView {
        name: task.name.to_string(),
        domains: task.domains.iter().map(ToString::to_string).collect(),
        why: word(task.why).0,
        attested: word(task.why).1,
    };
    WorklistView {
        tasks: list.tasks.iter().map(task).collect(),
        gateways: list.gateways.iter().map(gateway).collect(),
        sealed: list.sealed.iter().map(ToString::to_string).collect(),
        unread: list.unread.iter().map(|(what, why)| format!("{what}: {why}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_core::desired::Kind;

    use super::*;

    #[test]
    fn a_terminal_gets_no_escape_sequence_from_anybodys_name_and_the_yaml_says_what_it_is() {
        let task = Task {
            id: uuid::Uuid::from_u128(7),
            user_principal_name: "adm\u{202e}@contoso.com".into(),
            display_name: "\u{1b}[2J\r\nNothing to do".into(),
            roles: vec!["Owner\u{9b}31m".into()],
            why: Why::NotDeclared,
            address: None,
            declared: false,
        };
        let blank = Task { display_name: "  ".into(), user_principal_name: "blank@contoso.com".into(), ..task.clone() };
        let sealed = vec!["seal\u{1b}[2J@contoso.onmicrosoft.com".into()];
        let list = Worklist { tasks: vec![task, blank], sealed, ..Worklist::default() };
        let tenant = ObjectKey { kind: Kind::Tenant, namespace: "ns".into(), name: "contoso".into() };
        let text = text(&list, &tenant, Names::beside(["x"]), "2026-11-25".parse().unwrap());
        let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(obeyed), "{text:?}");
        assert!(text.contains("{userPrincipalName: \"adm\\u202e@contoso.com\""), "{text}");
        assert!(text.contains("\nblank@contoso.com  <blank@contoso.com>"), "{text}");
    }

    #[test]
    fn a_task_says_where_which_value_and_the_yaml_that_attests_it_a4() {
        let task = Task {
            id: uuid::Uuid::from_u128(7),
            user_principal_name: "adm-priya@contoso.com".into(),
            display_name: "Priya".into(),
            roles: vec!["Global Administrator".into()],
            why: Why::NotDeclared,
            address: Some("priya@contoso.com".into()),
            declared: false,
        };
        let declared = Task { declared: true, display_name: "Tomas".into(), ..task.clone() };
        let list = Worklist { tasks: vec![task, declared], ..Worklist::default() };
        let tenant = ObjectKey { kind: Kind::Tenant, namespace: "ns".into(), name: "contoso".into() };
        let text = text(&list, &tenant, Names::beside(["adm-priya"]), "2026-11-25".parse().unwrap());
        let attested = "businessEmail:
        address: \"priya@contoso.com\"
        attestation: {by: \"YOUR NAME\", date: \"2026-11-25\"}";
        for part in [
            "A person must check and attest 2 administrators' business emails.",
            "admin.microsoft.com",
            "Priya  <adm-priya@contoso.com>  Global Administrator",
            "value: priya@contoso.com",
            "    kind: UserContact
    metadata: {name: \"adm-priya-2\", namespace: \"ns\"}
    spec:
      tenantRef: {name: \"contoso\"}
      accountRef: {userPrincipalName: \"adm-priya@contoso.com\", objectId: 00000000-0000-0000-0000-000000000007}\n",
            &format!("\n      {attested}\n"),
            "  YAML, add to the spec of its UserContact:\n    businessEmail:\n      address: \"priya@contoso.com\"\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(serde_json::to_value(view(&list)).unwrap()["tasks"][0]["why"], "NotDeclared");
    }

    #[test]
    fn e4_a_gateway_says_what_to_look_for_and_the_yaml_that_attests_it() {
        let gateway = |name: &str, domains: &[&str], why| GatewayTask {
            name: name.into(),
            domains: domains.iter().map(|domain| (*domain).into()).collect(),
            why,
        };
        let expired = Why::Expired("2026-01-02".parse().unwrap());
        let gateways = vec![gateway("Archive", &["contoso.com"], expired), gateway("Mailwall", &[], Why::NotAttested)];
        let list = Worklist { gateways, ..Worklist::default() };
        let tenant = ObjectKey { kind: Kind::Tenant, namespace: "ns".into(), name: "contoso".into() };
        let text = text(&list, &tenant, Names::beside([]), "2026-11-25".parse().unwrap());
        for part in [
            "Every administrator's business email is attested.\n\nA person must check and attest 2 gateways before the mailboxes.",
            "Archive  (mail to contoso.com)\n  why:   attested on 2026-01-02, which is no longer valid",
            "Mailwall  (mail to every domain)\n  why:   declared, and nobody has attested it",
            "    attestation: {by: \"YOUR NAME\", date: \"2026-11-25\"}\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let view = serde_json::to_value(view(&list)).unwrap();
        assert_eq!(
            (&view["gateways"][0]["why"], &view["gateways"][0]["attested"]),
            (&"Expired".into(), &"2026-01-02".into())
        );
        assert_eq!(view["gateways"][1]["why"], "NotAttested");
    }
}
