//! Placeholders in automated responses (specification C13): `{{contact.first_name|there}}` becomes the customer's first
//! name, or "there" where none is known.
//!
//! A text is read once, from its start to its end. What is put in is never read again, so that nothing that a customer
//! calls himself is a placeholder. There is none for the customer's link: it holds his secret, which agents do not get to
//! see; every mail to him has it.

/// What placeholders stand for, of one conversation and one agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values<'a> {
    pub contact_name: &'a str,
    /// The name that customers see.
    pub agent_name: &'a str,
    pub agent_signature: &'a str,
    pub company_name: &'a str,
    pub conversation_number: u32,
    pub conversation_subject: &'a str,
}

/// The names of the placeholders, as they are written between the braces.
pub const NAMES: [&str; 7] = [
    "contact.first_name",
    "contact.name",
    "agent.name",
    "agent.signature",
    "company.name",
    "conversation.number",
    "conversation.subject",
];

/// A text with its placeholders filled in. One without a value becomes what follows its `|`, or nothing; an unknown one
/// stays as it is written.
#[must_use]
pub fn render(text: &str, values: &Values<'_>) -> String {
    let mut rendered = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Words(words) => rendered.push_str(words),
            Part::Placeholder { name, fallback, written } => match value(name, values) {
                Some(value) if value.is_empty() => rendered.push_str(fallback),
                Some(value) => rendered.push_str(&value),
                None => rendered.extend(["{{", written, "}}"]),
            },
        }
    }
    rendered
}

/// The placeholders of a text that nothing is known by, in their order and each once.
#[must_use]
pub fn unknown(text: &str) -> Vec<&str> {
    let mut unknown = Vec::new();
    for part in parts(text) {
        if let Part::Placeholder { name, .. } = part
            && !NAMES.contains(&name)
            && !unknown.contains(&name)
        {
            unknown.push(name);
        }
    }
    unknown
}

/// A piece of a text.
enum Part<'a> {
    Words(&'a str),
    Placeholder {
        name: &'a str,
        fallback: &'a str,
        /// What is written between the braces.
        written: &'a str,
    },
}

/// A text in pieces, which put together are the text. A placeholder ends on the line it begins on.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        parts.push(Part::Words(before));
        match after.split_once("}}").filter(|(written, _)| !written.contains('\n')) {
            Some((written, beyond)) => {
                let (name, fallback) = written.split_once('|').unwrap_or((written, ""));
                parts.push(Part::Placeholder { name: name.trim(), fallback: fallback.trim(), written });
                rest = beyond;
            }
            None => {
                parts.push(Part::Words("{{"));
                rest = after;
            }
        }
    }
    parts.push(Part::Words(rest));
    parts
}

/// What a placeholder stands for; none where there is no such placeholder.
fn value(name: &str, values: &Values<'_>) -> Option<String> {
    Some(match name {
        "contact.first_name" => first_name(values.contact_name).to_owned(),
        "contact.name" => values.contact_name.to_owned(),
        "agent.name" => values.agent_name.to_owned(),
        "agent.signature" => values.agent_signature.to_owned(),
        "company.name" => values.company_name.to_owned(),
        "conversation.number" => values.conversation_number.to_string(),
        "conversation.subject" => values.conversation_subject.to_owned(),
        _ => return None,
    })
}

/// The first word of a name; none of somebody who is known by his e-mail address only.
fn first_name(name: &str) -> &str {
    name.split_whitespace().next().filter(|word| !word.contains('@')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MARTA: Values<'_> = Values {
        contact_name: "Marta Lindholm",
        agent_name: "Ana from Harbour",
        agent_signature: "Ana\nHarbour Lights",
        company_name: "Harbour Lights",
        conversation_number: 17,
        conversation_subject: "The lamp is dark",
    };

    // spec: C13
    #[test]
    fn each_placeholder_stands_for_what_it_says() {
        for (text, rendered) in [
            ("Hello {{contact.first_name}},", "Hello Marta,"),
            ("{{ contact.name }}", "Marta Lindholm"),
            ("{{agent.name}} of {{company.name}}", "Ana from Harbour of Harbour Lights"),
            ("#{{conversation.number}} {{conversation.subject}}", "#17 The lamp is dark"),
            ("Bye\n{{agent.signature}}", "Bye\nAna\nHarbour Lights"),
            ("{{contact.first_name|there}}", "Marta"),
            ("nothing to fill in", "nothing to fill in"),
            ("", ""),
        ] {
            assert_eq!(render(text, &MARTA), rendered, "{text}");
            assert!(unknown(text).is_empty(), "{text}");
        }
        for name in NAMES {
            assert_ne!(render(&format!("{{{{{name}}}}}"), &MARTA), "", "{name} has a value");
        }
    }

    #[test]
    fn what_is_not_known_is_said_otherwise() {
        let nobody = Values { contact_name: "", agent_signature: "", ..MARTA };
        assert_eq!(render("Hello {{contact.first_name|there}}!", &nobody), "Hello there!");
        assert_eq!(render("Hello {{contact.name | dear | customer}}!", &nobody), "Hello dear | customer!");
        assert_eq!(render("Bye{{agent.signature}}", &nobody), "Bye");
        let by_address = Values { contact_name: "marta@example.org", ..MARTA };
        assert_eq!(render("Hello {{contact.first_name|there}}", &by_address), "Hello there");
        assert_eq!(render("{{contact.name}}", &by_address), "marta@example.org");
    }

    #[test]
    fn braces_that_are_no_placeholder_stay_and_unknown_ones_are_named() {
        for text in ["{{", "}}", "{ {contact.name}}", "{{contact.name}", "{{contact.\nname}}", "}}{{"] {
            assert_eq!(render(text, &MARTA), text);
            assert!(unknown(text).is_empty(), "{text}");
        }
        let text = "{{contact.nme|you}} {{link}} {{contact.name}} {{ link }} {{}}";
        assert_eq!(unknown(text), ["contact.nme", "link", ""]);
        assert_eq!(render(text, &MARTA), "{{contact.nme|you}} {{link}} Marta Lindholm {{ link }} {{}}");
        assert_eq!(unknown("{{conversation.url}}"), ["conversation.url"], "a link would hold the customer's secret");
        assert_eq!(unknown("open {{ and\nthen {{nobody}}"), ["nobody"]);
    }

    proptest! {
        // spec: C13
        #[test]
        fn what_a_customer_calls_himself_is_never_a_placeholder(name in "[a-z{}|. ]{0,12}(\\{\\{agent\\.signature\\}\\})?[a-z{}|]{0,6}") {
            let values = Values { contact_name: &name, conversation_subject: &name, ..MARTA };
            prop_assert_eq!(render("<{{conversation.subject}}>", &values), format!("<{name}>"));
            let both = render("{{contact.name}}{{conversation.subject}}", &values);
            prop_assert_eq!(both, format!("{name}{name}"));
        }

        #[test]
        fn a_text_without_known_placeholders_is_what_it_was(text in "[a-z{}|.\n ]{0,40}") {
            if !NAMES.iter().any(|name| text.contains(name)) {
                prop_assert_eq!(render(&text, &MARTA), text);
            }
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,60}") {
            let _rendered = render(&text, &MARTA);
            let _unknown = unknown(&text);
        }
    }
}
