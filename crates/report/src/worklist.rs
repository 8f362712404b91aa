//! The worklist as text for the people who work through it, and as JSON.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Serialize;
use tenant_contacts_core::worklist::{Task, Why, Worklist};

/// Where the business email is set. The place is an old observation of Microsoft's own blog (contract §5 [MSDN]); portals
/// move, and no page of today's documentation names it.
const WHERE: &[&str] = &[
    "Sign in at https://admin.microsoft.com as the account itself: nobody can set it for another.",
    "Open the account's own settings (the picture, or the gear) and there the contact preferences.",
    "Set \"Business email\" to the address below, save, and look again.",
];

/// The list as text. `today` is the day that a new attestation would carry.
pub fn text(list: &Worklist, today: Date) -> String {
    let mut text = String::new();
    let count = list.tasks.len();
    let _ = match count {
        0 if list.unread.is_empty() => {
            writeln!(text, "Nothing to do: every administrator's business email is attested.")
        }
        0 => Ok(()),
        1 => writeln!(text, "One administrator's business email needs a person."),
        _ => writeln!(text, "{count} administrators' business emails need a person."),
    };
    if count > 0 {
        text.push_str("No API shows or sets it, so somebody looks and says so. For each of them:\n");
        for (number, step) in (1..).zip(WHERE) {
            let _ = writeln!(text, "  {number}. {step}");
        }
        text.push_str("  4. Commit the YAML, with your name; it holds for 180 days.\n");
    }
    for task in &list.tasks {
        let _ = write!(text, "\n{}", one(task, today));
    }
    for (what, why) in &list.unread {
        let _ = writeln!(text, "\nNot known: {what}: {why}. The list may be incomplete.");
    }
    text
}

fn one(task: &Task, today: Date) -> String {
    let mut text = String::new();
    let name = if task.display_name.is_empty() { &task.user_principal_name } else { &task.display_name };
    let _ = writeln!(text, "{name}  <{}>  {}", task.user_principal_name, task.roles.join(", "));
    let why = match task.why {
        Why::NotDeclared => "no business email is declared".to_owned(),
        Why::NotAttested => "declared, and nobody has attested it".to_owned(),
        Why::Expired(on) => format!("attested on {on}, which holds no longer"),
    };
    let _ = writeln!(text, "  why:   {why}");
    let value = task.address.as_deref().unwrap_or("a corporate address: the account has none that is known");
    let _ = writeln!(text, "  value: {value}");
    let head = if task.declared { "add to its UserContact" } else { "a new UserContact with" };
    let _ = writeln!(text, "  YAML, {head}:");
    for line in yaml(task, today) {
        let _ = writeln!(text, "    {line}");
    }
    text
}

/// What attests it. JSON strings are YAML strings, whatever is in them.
fn yaml(task: &Task, today: Date) -> Vec<String> {
    let quoted = |value: &str| serde_json::Value::from(value).to_string();
    let address = task.address.as_deref().unwrap_or("ADDRESS");
    let mut lines = Vec::new();
    if !task.declared {
        lines.push(format!(
            "accountRef: {{userPrincipalName: {}, objectId: {}}}",
            quoted(&task.user_principal_name),
            task.id
        ));
    }
    lines.push("businessEmail:".into());
    lines.push(format!("  address: {}", quoted(address)));
    lines.push(format!("  attestation: {{by: \"YOUR NAME\", date: \"{today}\"}}"));
    lines
}

/// The list for programs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorklistView {
    /// Tasks.
    pub tasks: Vec<TaskView>,
    /// What is missing because it could not be read.
    pub unread: Vec<String>,
}

/// A task for programs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// Object id.
    pub object_id: uuid::Uuid,
    /// Sign-in name.
    pub user_principal_name: String,
    /// Roles held.
    pub roles: Vec<String>,
    /// `NotDeclared`, `NotAttested` or `Expired`.
    pub why: &'static str,
    /// The day of the attestation that holds no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attested: Option<Date>,
    /// The address to set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// The list for programs.
pub fn view(list: &Worklist) -> WorklistView {
    let task = |task: &Task| TaskView {
        object_id: task.id,
        user_principal_name: task.user_principal_name.to_string(),
        roles: task.roles.iter().map(ToString::to_string).collect(),
        why: match task.why {
            Why::NotDeclared => "NotDeclared",
            Why::NotAttested => "NotAttested",
            Why::Expired(_) => "Expired",
        },
        attested: match task.why {
            Why::Expired(on) => Some(on),
            Why::NotDeclared | Why::NotAttested => None,
        },
        address: task.address.as_deref().map(str::to_owned),
    };
    WorklistView {
        tasks: list.tasks.iter().map(task).collect(),
        unread: list.unread.iter().map(|(what, why)| format!("{what}: {why}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let list = Worklist { tasks: vec![task], unread: Vec::new() };
        let text = text(&list, "2026-11-25".parse().unwrap());
        for part in [
            "One administrator's business email needs a person.",
            "admin.microsoft.com",
            "Priya  <adm-priya@contoso.com>  Global Administrator",
            "value: priya@contoso.com",
            "    businessEmail:\n      address: \"priya@contoso.com\"\n      attestation: {by: \"YOUR NAME\", date: \"2026-11-25\"}",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(serde_json::to_value(view(&list)).unwrap()["tasks"][0]["why"], "NotDeclared");
    }
}
