//! The catalogues against the sources: each message that is worded exists, with the arguments that it is given, and each that exists is worded.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use proc_macro2::{TokenStream, TokenTree};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The language that every other one is compared with.
const FIRST: &str = "en";

type Arguments = BTreeSet<String>;

/// The messages of a language: code → the arguments that it uses.
fn catalogue(language: &str) -> BTreeMap<String, Arguments> {
    let mut found = BTreeMap::new();
    let folder = Path::new(ROOT).join("app/locales").join(language);
    for entry in fs::read_dir(&folder).expect("a folder of catalogues") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a catalogue");
        let resource = parser::parse(text.as_str()).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in &resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut arguments = Arguments::new();
            message.value.iter().for_each(|pattern| of_pattern(pattern, &mut arguments));
            let code = message.id.name.to_owned();
            assert!(found.insert(code.clone(), arguments).is_none(), "{language} has “{code}” twice");
        }
    }
    found
}

fn of_pattern(pattern: &Pattern<&str>, arguments: &mut Arguments) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, arguments);
        }
    }
}

fn of_expression(expression: &Expression<&str>, arguments: &mut Arguments) {
    match expression {
        Expression::Select { selector, variants } => {
            of_inline(selector, arguments);
            variants.iter().for_each(|variant| of_pattern(&variant.value, arguments));
        }
        Expression::Inline(inline) => of_inline(inline, arguments),
    }
}

fn of_inline(inline: &InlineExpression<&str>, arguments: &mut Arguments) {
    match inline {
        InlineExpression::VariableReference { id } => {
            arguments.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
            positional.iter().for_each(|one| of_inline(one, arguments));
        }
        InlineExpression::Placeable { expression } => of_expression(expression, arguments),
        _ => {}
    }
}

/// A message where the sources word it: file, code, arguments.
struct Use {
    file: String,
    code: String,
    arguments: Arguments,
}

fn uses() -> Vec<Use> {
    let mut found = Vec::new();
    for folder in ["app/src", "server/src"] {
        collect(&Path::new(ROOT).join(folder), &mut found);
    }
    assert!(found.len() > 100, "only {} messages are worded: does the walk still work?", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<Use>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("kernel/message.rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            of_tokens(&path.display().to_string(), text.parse().expect("Rust"), found);
        }
    }
}

/// Each `t!(…)` and `coded!(…)`, however deep in other macros.
fn of_tokens(file: &str, tokens: TokenStream, found: &mut Vec<Use>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        of_tokens(file, group.stream(), found);
        if let [TokenTree::Ident(name), TokenTree::Punct(mark)] = &tokens[at.saturating_sub(2)..at]
            && (name == "t" || name == "coded")
            && mark.as_char() == '!'
        {
            found.extend(of_call(file, group.stream()));
        }
    }
}

/// The code is the first text; each argument is a name before a single `=` after a comma.
fn of_call(file: &str, tokens: TokenStream) -> Option<Use> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let at = tokens.iter().position(|token| matches!(token, TokenTree::Literal(text) if text.to_string().starts_with('"')))?;
    let code = tokens[at].to_string().trim_matches('"').to_owned();
    let is_mark = |token: &TokenTree, mark: char| matches!(token, TokenTree::Punct(found) if found.as_char() == mark);
    let arguments = tokens[at + 1..]
        .windows(3)
        .filter_map(|three| match three {
            [comma, TokenTree::Ident(name), equals] if is_mark(comma, ',') && is_mark(equals, '=') => Some(name.to_string()),
            _ => None,
        })
        .collect();
    Some(Use { file: file.to_owned(), code, arguments })
}

#[test]
fn every_message_is_there_with_its_arguments_and_none_is_unused() {
    let catalogue = catalogue(FIRST);
    let uses = uses();
    let mut invalid: Vec<String> = Vec::new();
    for Use { file, code, arguments } in &uses {
        match catalogue.get(code) {
            None => invalid.push(format!("{file}: “{code}” is in no catalogue")),
            Some(asked) if asked != arguments => invalid.push(format!("{file}: “{code}” asks for {asked:?} and is given {arguments:?}")),
            Some(_) => {}
        }
    }
    let used: BTreeSet<&String> = uses.iter().map(|one| &one.code).collect();
    invalid.extend(catalogue.keys().filter(|code| !used.contains(code)).map(|code| format!("“{code}” is not used")));
    assert!(invalid.is_empty(), "{}", invalid.join("\n"));
}

#[test]
fn every_language_has_the_same_messages_with_the_same_arguments() {
    let first = catalogue(FIRST);
    for entry in fs::read_dir(Path::new(ROOT).join("app/locales")).expect("the catalogues") {
        let language = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let other = catalogue(&language);
        for (code, arguments) in &first {
            let found = other.get(code).unwrap_or_else(|| panic!("{language} lacks “{code}”"));
            assert!(found.is_subset(arguments), "{language}: “{code}” asks for {found:?}, {FIRST} for {arguments:?}");
        }
        assert_eq!(other.len(), first.len(), "{language} has messages that {FIRST} does not have");
    }
}

/// Sources whose words guests read: everything that people read in them is a message.
const FOR_GUESTS: &[&str] = &[
    "app/src/casework/nomination/public.rs",
    "app/src/follow_up/response/words.rs",
    "app/src/front/link.rs",
    "app/src/front/portal",
    "app/src/recruiting/invitation/wording.rs",
    "server/src/email/nominated.rs",
    "server/src/email/report.rs",
    "server/src/email/templates.rs",
];

#[test]
fn what_guests_read_is_a_message() {
    let mut sentences = Vec::new();
    for place in FOR_GUESTS {
        in_sources(&Path::new(ROOT).join(place), &mut sentences);
    }
    assert!(sentences.is_empty(), "these sentences belong into app/locales:\n{}", sentences.join("\n"));
}

fn in_sources(path: &Path, sentences: &mut Vec<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder of sources") {
            in_sources(&entry.expect("an entry").path(), sentences);
        }
        return;
    }
    let text = fs::read_to_string(path).expect("a source file");
    // What the unit tests below say is not read by guests.
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    literals(text.parse().expect("Rust"), &mut found);
    sentences.extend(found.into_iter().filter(|literal| is_sentence(literal)).map(|literal| format!("{}: {literal}", path.display())));
}

/// Every text, except in attributes, which comments are too.
fn literals(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_mark = |token: Option<&TokenTree>, mark: char| matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark);
    for (at, token) in tokens.iter().enumerate() {
        let before = |steps: usize| at.checked_sub(steps).map(|before| &tokens[before]);
        let is_attribute = is_mark(before(1), '#') || (is_mark(before(1), '!') && is_mark(before(2), '#'));
        match token {
            TokenTree::Literal(literal) => found.push(literal.to_string()),
            TokenTree::Group(group) if !is_attribute => literals(group.stream(), found),
            _ => {}
        }
    }
}

/// Words that begin with a capital letter and have a space: neither codes nor classes nor addresses.
fn is_sentence(literal: &str) -> bool {
    let text = literal.trim_matches('"');
    literal.starts_with('"') && text.starts_with(char::is_uppercase) && text.contains(' ')
}
