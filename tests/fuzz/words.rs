//! What people type: what is taken is in form, and taken as it is the second time.

use crate::{engine, text};
use edgedesk::domain::conversation::placeholder::{self, Values};
use edgedesk::domain::conversation::upload::{NAME_CHARACTERS, file_name};
use edgedesk::domain::input;
use edgedesk::domain::people::{email, slug, widget};
use edgedesk::domain::search::{self, Terms};
use edgedesk::domain::translation::{Cut, language_of, pieces, primary};
use edgedesk::pages::mails;

#[test]
fn a_line_and_a_text_have_nothing_that_is_not_shown() {
    engine::run("text", |given| {
        let given = text(given);
        if let Ok(line) = input::line("name", &given) {
            assert!(!line.is_empty() && !line.chars().any(|c| c.is_control() || c == '\u{2028}'));
            assert_eq!(input::line("name", &line).as_ref(), Ok(&line));
        }
        if let Ok(message) = input::message("body", &given) {
            assert!(!message.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            assert_eq!(input::message("body", &message).as_ref(), Ok(&message));
        }
    });
}

#[test]
fn an_address_cannot_leave_its_header() {
    engine::run("email", |given| {
        if let Ok(address) = email::normalise("email", &text(given)) {
            assert!(!address.contains(|c: char| c.is_control() || c.is_whitespace() || "<>,;:\"()[]\\".contains(c)));
            assert_eq!(address.matches('@').count(), 1);
            assert_eq!(email::normalise("email", &address).as_ref(), Ok(&address));
        }
    });
}

#[test]
fn every_name_suggests_an_address() {
    engine::run("text", |given| {
        let suggested = slug::from_name(&text(given));
        assert!(slug::is_reserved(&suggested) || slug::check("slug", &suggested).is_ok(), "{suggested}");
        if let Ok(taken) = slug::check("slug", &text(given)) {
            assert!(taken.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        }
    });
}

#[test]
fn a_site_is_an_origin_and_nothing_more() {
    engine::run("origin", |given| {
        if let Ok(origins) = widget::check_origins("origins", &[text(given)]) {
            for origin in &origins {
                assert!(origin.starts_with("https://") || origin.starts_with("http://localhost"), "{origin}");
                assert!(!origin.contains([' ', ';', ',', '\'', '"', '\n', '\r']), "{origin:?} leaves its directive");
            }
            assert_eq!(widget::check_origins("origins", &origins), Ok(origins.clone()));
        }
    });
}

#[test]
fn a_mail_says_what_was_typed_and_nothing_of_it_is_markup() {
    engine::run("text", |given| {
        let Ok(name) = input::line("name", &text(given)) else { return };
        let plain = mails::invitation("ana@people.example", "Lamps", "Ben", "https://desk.example/x").expect("a mail");
        let mail = mails::invitation("ana@people.example", &name, &name, "https://desk.example/x").expect("a mail");
        assert!(!mail.subject.contains(char::is_control), "{:?} leaves its header", mail.subject);
        assert!(mail.text.contains(&name), "{}", mail.text);
        for mark in ['<', '>', '"'] {
            assert_eq!(mail.html.matches(mark).count(), plain.html.matches(mark).count(), "{}", mail.html);
        }
    });
}

#[test]
fn a_query_is_strings_and_no_syntax() {
    engine::run("query", |given| {
        let Ok(Some(matching)) = Terms::parse(&text(given), None).map(|terms| terms.matching) else { return };
        // Outside of quotes there are blanks, and the one star at the end.
        let outside: String = matching.split('"').step_by(2).collect();
        assert_eq!(matching.matches('"').count() % 2, 0, "{matching}");
        let outside = outside.strip_suffix(" *").unwrap_or(&outside);
        assert!(outside.chars().all(|c| c == ' '), "{matching}");
        assert!(!matching.contains(char::is_control));
    });
}

#[test]
fn what_is_told_apart_for_the_index_is_the_text_again() {
    engine::run("text", |given| {
        let given = text(given).replace('\u{200b}', "");
        assert_eq!(search::unspaced(&search::spaced(&given)), given);
        let marked = format!("{}{given}{}", search::MARK_BEGINS, search::MARK_ENDS);
        assert!(search::parts(&marked).iter().all(|part| !part.text.is_empty()));
    });
}

#[test]
fn what_is_put_in_is_never_read_again() {
    engine::run("placeholder", |given| {
        let given = text(given);
        let values = Values { contact_name: "{{agent.name}} {{x", agent_name: "SECRET", ..Values::default() };
        let rendered = placeholder::render(&given, &values);
        if !given.contains("agent.name") && !given.contains("SECRET") {
            assert!(!rendered.contains("SECRET"), "{rendered}");
        }
        if !given.contains("{{") {
            assert_eq!(rendered, given);
        }
        assert!(placeholder::unknown(&given).iter().all(|name| given.contains(name)));
    });
}

#[test]
fn all_pieces_are_the_text() {
    engine::run("text", |given| {
        let given = text(given);
        for cut in [Cut { most: 1, packs: true }, Cut { most: 7, packs: false }, Cut { most: 5_000, packs: true }] {
            let pieces = pieces(&given, cut);
            assert_eq!(pieces.concat(), given);
            assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.chars().count() <= cut.most.max(1)));
        }
        let _known_or_not = language_of(&given);
        assert!(primary(&given).is_none_or(|tag| (2..=3).contains(&tag.len())));
    });
}

#[test]
fn a_file_name_is_a_name() {
    engine::run("file_name", |given| {
        let name = file_name(&text(given));
        assert!(!name.is_empty() && name.chars().count() <= NAME_CHARACTERS, "{name}");
        assert!(!name.contains(['/', '\\', '"', '\0', '\n']) && !name.starts_with('.'), "{name:?}");
        assert_eq!(file_name(&name), name);
    });
}
