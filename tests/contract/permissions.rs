//! Prints the permission table, which is then compared with the committed one.

use edgedesk::domain::people::permission::{Capability, Scope};
use edgedesk::domain::people::role::{AddOn, Role};
use edgedesk::http::{Access, ROUTES};
use std::fmt::Write;

// spec: M1 N1 N3
#[test]
fn the_committed_table_is_the_table_in_the_code() {
    super::require_committed("docs/permissions.md", &table());
}

fn table() -> String {
    let mut text = String::from(
        "# Who may do what\n\nPrinted from the code by `make contract`; a test fails when it is stale.\n\n\
         A grant reaches as far as its scope: **own** (assigned to the member), **participating** (was assigned or \
         answered), **folder** (in a folder the member sees), **team** (of a team of his), **unassigned**, **all**. \
         Somebody with several roles may do what any of them allows.\n\n## Roles\n\n",
    );
    let roles: Vec<String> = Role::ALL.iter().map(name).collect();
    let _ = writeln!(text, "| Capability | {} |", roles.join(" | "));
    let _ = writeln!(text, "| --- |{}", " --- |".repeat(roles.len()));
    for capability in Capability::ALL {
        let cells: Vec<String> = Role::ALL.iter().map(|role| scopes(role.grants(), *capability)).collect();
        let _ = writeln!(text, "| `{}` | {} |", capability.name(), cells.join(" | "));
    }
    let row = |what: &str, cells: Vec<String>| format!("| {what} | {} |\n", cells.join(" | "));
    text += &row("may be assigned conversations", Role::ALL.iter().map(|role| yes(role.assignable())).collect());
    text += &row("sees the orders section only", Role::ALL.iter().map(|role| yes(role.confined())).collect());
    text += &row("rank", Role::ALL.iter().map(|role| role.rank().to_string()).collect());
    text += "\n## Add-ons\n\n| Add-on | With | Adds |\n| --- | --- | --- |\n";
    for add_on in AddOn::ALL {
        for role in Role::ALL {
            for (capabilities, scope) in add_on.grants(role) {
                let names: Vec<String> = capabilities.iter().map(|c| format!("`{}`", c.name())).collect();
                let _ = writeln!(
                    text,
                    "| {} | {} | {} ({}) |",
                    name(&add_on),
                    name(&role),
                    names.join(", "),
                    reach(&scope.scopes())
                );
            }
        }
    }
    text += "\n## Folders\n\nA right in a folder adds to every role but those that see the orders section only: _see all incoming_ gives \
             `conversation.view` of what is in it; _assign_ gives `conversation.assign_folder`, `conversation.assign_other` and \
             `conversation.assign_self_pick` of what one sees in it (the scope `folder_assign`). Rights are held by agents, \
             teams and roles.\n";
    text += "\n## Routes\n\n| Route | For |\n| --- | --- |\n";
    for route in ROUTES {
        let access = match route.access {
            Access::Anybody => "anybody".to_owned(),
            Access::SignedIn => "whoever is signed in".to_owned(),
            Access::Member => "members of the company".to_owned(),
            Access::May(capability) => format!("`{}`", capability.name()),
            Access::Customer => "whoever holds the link".to_owned(),
            Access::Local => "a developer's machine".to_owned(),
            Access::Operator => "whoever has the restore key".to_owned(),
        };
        let _ = writeln!(text, "| `{} {}` | {access} |", route.method.to_uppercase(), route.path);
    }
    text
}

fn scopes(
    grants: &[(&[Capability], edgedesk::domain::people::permission::ScopeSet)],
    capability: Capability,
) -> String {
    let granted = grants.iter().filter(|(capabilities, _)| capabilities.contains(&capability));
    let reached: Vec<Scope> = granted.flat_map(|(_, scope)| scope.scopes()).collect();
    reach(&reached)
}

/// The widest scopes say it: whoever reaches a team's conversations reaches his own.
fn reach(scopes: &[Scope]) -> String {
    let wide = |scope: &&Scope| match scope {
        Scope::Own => !scopes.contains(&Scope::Participating),
        Scope::Participating => !scopes.contains(&Scope::Folder) && !scopes.contains(&Scope::Team),
        _ => true,
    };
    let names: Vec<String> = scopes.iter().filter(wide).map(name).collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(|s| s.replace('_', " "))).unwrap_or_default()
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
