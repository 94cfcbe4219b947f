//! The house rules that a machine can keep: where SQL lives, which way contexts import, what every file tells its reader.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

mod lengths;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// One source file: its path from the root of the project, and its text.
struct SourceFile {
    path: String,
    text: String,
}

impl SourceFile {
    /// Lines with their numbers, without the unit tests, which may do as they like.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut in_test = false;
        self.text.lines().enumerate().filter_map(move |(at, line)| {
            in_test |= line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test");
            let is_test = in_test;
            in_test &= !(line == "}" || (line.ends_with(';') && !line.starts_with([' ', '#'])));
            (!is_test).then_some((at + 1, line))
        })
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// Every Rust file of the three crates.
fn sources() -> Vec<SourceFile> {
    sources_in(&["src", "app/src", "server/src"])
}

fn sources_in(folders: &[&str]) -> Vec<SourceFile> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&Path::new(ROOT).join(folder), folder, &mut found);
    }
    assert!(found.len() > 20, "only {} source files found: does the walk still work?", found.len());
    found
}

fn collect(folder: &Path, shown: &str, found: &mut Vec<SourceFile>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
        let shown = format!("{shown}/{name}");
        if path.is_dir() {
            collect(&path, &shown, found);
        } else if name.ends_with(".rs") {
            found.push(SourceFile { text: fs::read_to_string(&path).expect("a source file"), path: shown });
        }
    }
}

/// Fails with all breaches at once, each where it is.
fn assert_none(rule: &str, breaches: &[String]) {
    let list = breaches.iter().fold(String::new(), |mut list, breach| {
        let _ = write!(list, "\n  {breach}");
        list
    });
    assert!(breaches.is_empty(), "{rule}{list}");
}

#[test]
fn every_file_begins_with_its_story() {
    let breaches: Vec<_> = sources().into_iter().filter(|source| !source.text.starts_with("//!")).map(|source| source.path).collect();
    assert_none("These files do not begin with `//!`, saying what they are for:", &breaches);
}

/// The functions of `Tx` that run a statement (`app/src/db/sql.rs`).
const RUNS: &[&str] = &["run", "find", "one", "list", "value", "find_value", "list_values", "run_in", "list_in", "list_values_in"];

#[test]
fn sql_is_written_in_stores_only() {
    let may =
        |source: &SourceFile| source.name() == "store.rs" || source.path.contains("/store/") || source.path.starts_with("app/src/db/");
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| !may(source)) {
        for (number, line) in source.lines() {
            let by_tx = RUNS.iter().any(|name| line.contains(&format!("tx.{name}(")));
            if by_tx || ["sqlx::query", "raw_sql(", "query_as(", "query_scalar("].iter().any(|word| line.contains(word)) {
                breaches.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none("SQL belongs into a store (store.rs, or a folder store/) or into db/:", &breaches);
}

/// The contexts in the order in which `lib.rs` lists them, and last what only tests use. `kernel`, `db` and `ui` are one level, above all of them.
fn contexts() -> Vec<String> {
    let table_of_contents = fs::read_to_string(format!("{ROOT}/app/src/lib.rs")).expect("app/src/lib.rs");
    let lines = table_of_contents.lines().skip_while(|line| !line.starts_with("// The loop."));
    lines.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).map(str::to_owned).collect()
}

/// How far down the list a part of `app` is; the foundation comes before the first context.
fn place(contexts: &[String], part: &str) -> usize {
    contexts.iter().position(|context| context == part).map_or(0, |at| at + 1)
}

/// What a module names: in `use`, in paths in between, and by the modules that it declares.
#[derive(Default)]
struct ModuleNames {
    /// A path, the name that it has here, and whether others get it from here.
    uses: Vec<(Vec<String>, String, bool)>,
    paths: Vec<Vec<String>>,
    children: Vec<String>,
    inline: Vec<(String, ModuleNames)>,
}

impl ModuleNames {
    fn of(text: &str) -> Self {
        let mut names = Self::default();
        names.read(text.parse().expect("Rust"));
        names
    }

    /// Reads everything but unit tests, also what macros are given.
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = match &tokens[at] {
                TokenTree::Punct(mark) if mark.as_char() == '#' && is_for_tests(tokens.get(at + 1)) => {
                    let ends = |token: &TokenTree| match token {
                        TokenTree::Punct(mark) => mark.as_char() == ';',
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        _ => false,
                    };
                    tokens.iter().skip(at).position(ends).map_or(tokens.len(), |length| at + length + 1)
                }
                // `impl Trait + use<>` is no import.
                TokenTree::Ident(word) if word == "use" && !is_mark(tokens.get(at + 1), '<') => {
                    let end = (at..tokens.len()).find(|end| is_mark(tokens.get(*end), ';')).unwrap_or(tokens.len());
                    let is_public = tokens[..at].iter().rev().take(2).any(|token| matches!(token, TokenTree::Ident(word) if word == "pub"));
                    self.expand(&[], &tokens[at + 1..end], is_public);
                    end + 1
                }
                TokenTree::Ident(word) if word == "mod" => {
                    match (tokens.get(at + 1), tokens.get(at + 2)) {
                        (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) => {
                            let mut inline = Self::default();
                            inline.read(body.stream());
                            self.inline.push((name.to_string(), inline));
                        }
                        (Some(TokenTree::Ident(name)), _) => self.children.push(name.to_string()),
                        _ => {}
                    }
                    at + 3
                }
                TokenTree::Ident(_) => {
                    let (path, next) = path(&tokens, at);
                    if path.len() > 1 {
                        self.paths.push(path);
                    }
                    next
                }
                TokenTree::Group(group) => {
                    self.read(group.stream());
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// Takes `a::{b, c::{d as e}}` apart.
    fn expand(&mut self, before: &[String], tree: &[TokenTree], is_public: bool) {
        let (found, next) = path(tree, 0);
        let whole = [before, &found].concat();
        let group = tree[next..].iter().find_map(|token| if let TokenTree::Group(group) = token { Some(group.stream()) } else { None });
        if let Some(group) = group {
            let tokens: Vec<TokenTree> = group.into_iter().collect();
            for part in tokens.split(|token| is_mark(Some(token), ',')).filter(|part| !part.is_empty()) {
                self.expand(&whole, part, is_public);
            }
            return;
        }
        let renamed = match (tree.get(next), tree.get(next + 1)) {
            (Some(TokenTree::Ident(word)), Some(TokenTree::Ident(name))) if word == "as" => Some(name.to_string()),
            _ => None,
        };
        let path: Vec<String> =
            whole.iter().enumerate().filter(|(at, name)| *at == 0 || *name != "self").map(|(_, name)| name.clone()).collect();
        let known_as = renamed.or_else(|| path.last().cloned()).unwrap_or_default();
        self.uses.push((path, known_as, is_public));
    }

    /// Every path from the root of the crate, of the module that is at `module`.
    fn absolute_paths(&self, module: &[String]) -> Vec<Vec<String>> {
        let own = |name: &String| [module, std::slice::from_ref(name)].concat();
        let mut known: BTreeMap<String, Vec<String>> = self.children.iter().map(|name| (name.clone(), own(name))).collect();
        let mut found = Vec::new();
        for (path, known_as, is_public) in &self.uses {
            if let Some(path) = absolute(module, path, &known) {
                // A module may hand on what its children have.
                if !(*is_public && path.len() > module.len() && path.starts_with(module)) {
                    found.push(path.clone());
                }
                known.insert(known_as.clone(), path);
            }
        }
        found.extend(self.paths.iter().filter_map(|path| absolute(module, path, &known)));
        for (name, inline) in &self.inline {
            found.extend(inline.absolute_paths(&own(name)));
        }
        found
    }
}

/// The path that begins at a token, and the token after it.
fn path(tokens: &[TokenTree], from: usize) -> (Vec<String>, usize) {
    let (mut path, mut at) = (Vec::new(), from);
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        path.push(name.to_string());
        at += 1;
        if !(is_mark(tokens.get(at), ':') && is_mark(tokens.get(at + 1), ':')) {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// A path from the root of the crate; none for a path into another one.
fn absolute(module: &[String], path: &[String], known: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    let up = path.iter().take_while(|name| *name == "super").count();
    let start = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module[..module.len().checked_sub(up).expect("`super` of the root")].to_vec(),
        name => known.get(name)?.clone(),
    };
    Some([&start[..], &path[up.max(1)..]].concat())
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Whether an attribute is `cfg(test)` or `cfg(all(test, …))`.
fn is_for_tests(attribute: Option<&TokenTree>) -> bool {
    attribute.is_some_and(|attribute| {
        let text: String = attribute.to_string().split_whitespace().collect();
        text.starts_with("[cfg(test") || text.starts_with("[cfg(all(test")
    })
}

#[test]
fn imports_are_found_however_they_are_written() {
    let text = r#"
        use crate::{a::{self, B}, c as d};
        pub use child::Thing;
        mod child;
        #[cfg(test)]
        mod tests { use crate::only::tests; }
        pub(crate) use super::sibling::X; // and a comment: crate::no::where
        fn f() -> impl T + use<> { d::act::g(a::rules::h()); macro_call! { <crate::view::Part text="crate::text::no"/> } }
        macro_rules! m { () => { $crate::made::by::macros } }
        mod inline { fn g() { super::super::far::away() } }
        use std::fmt;
    "#;
    let found = ModuleNames::of(text).absolute_paths(&["room".to_owned(), "page".to_owned()]);
    let found: BTreeSet<String> = found.iter().map(|path| path.join("::")).collect();
    let expected = ["a", "a::B", "c", "room::sibling::X", "c::act::g", "a::rules::h", "view::Part", "made::by::macros", "room::far::away"];
    assert_eq!(found, expected.map(str::to_owned).into());
}

/// The module that a file of `root` is: `heard/mod.rs` is `[heard]`.
fn module(root: &str, source: &SourceFile) -> Option<Vec<String>> {
    let path = source.path.strip_prefix(root)?.strip_suffix(".rs")?;
    Some(path.split('/').filter(|name| !matches!(*name, "mod" | "lib" | "main")).map(str::to_owned).collect())
}

fn is_test(source: &SourceFile) -> bool {
    source.name() == "tests.rs" || source.path.contains("/tests/") || source.path.starts_with("app/src/testing/")
}

#[test]
fn contexts_import_only_from_those_above() {
    let contexts = contexts();
    assert!(contexts.len() > 4, "only these contexts were found in app/src/lib.rs: {contexts:?}");
    let (mut breaches, mut arrows) = (Vec::new(), 0);
    for source in sources().iter().filter(|source| !is_test(source)) {
        let Some(module) = module("app/src/", source) else { continue };
        let Some(own) = module.first() else { continue };
        for path in ModuleNames::of(&source.text).absolute_paths(&module) {
            let Some(other) = path.first().filter(|other| *other != own) else { continue };
            arrows += 1;
            if place(&contexts, other) > place(&contexts, own) {
                breaches.push(format!("{}: {}", source.path, path.join("::")));
            }
        }
    }
    assert!(arrows > 1000, "only {arrows} imports between contexts were found: does the reading still work?");
    breaches.dedup();
    assert_none("A context imports only from those above it in app/src/lib.rs; say what happened as an event instead:", &breaches);
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    for root in ["app/src/", "server/src/"] {
        let all = sources();
        let files: Vec<(Vec<String>, &SourceFile)> =
            all.iter().filter(|source| !is_test(source)).filter_map(|source| Some((module(root, source)?, source))).collect();
        let of = |path: &[String]| (1..=path.len()).rev().find_map(|to| files.iter().position(|(module, _)| module[..] == path[..to]));
        let imports: Vec<BTreeSet<usize>> = files
            .iter()
            .enumerate()
            .map(|(at, (module, source))| {
                ModuleNames::of(&source.text).absolute_paths(module).iter().filter_map(|path| of(path)).filter(|to| *to != at).collect()
            })
            .collect();
        // Whoever imports nothing that is left is no part of a circle, and is taken away, until nobody is.
        let mut left: BTreeSet<usize> = (0..files.len()).collect();
        loop {
            let free: Vec<usize> = left
                .iter()
                .copied()
                .filter(|at| {
                    imports[*at].is_disjoint(&left) || imports.iter().enumerate().all(|(by, to)| !left.contains(&by) || !to.contains(at))
                })
                .collect();
            if free.is_empty() {
                break;
            }
            left.retain(|at| !free.contains(at));
        }
        let breaches: Vec<String> = left
            .iter()
            .map(|at| {
                let to: Vec<&str> = imports[*at].intersection(&left).map(|to| files[*to].1.path.as_str()).collect();
                format!("{} imports {}", files[*at].1.path, to.join(", "))
            })
            .collect();
        assert_none("These files import each other in a circle:", &breaches);
    }
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled apart, so that this file is not its own breach.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
    let mut breaches = Vec::new();
    for source in sources() {
        for (number, line) in source.text.lines().enumerate() {
            if line.split(|c: char| !c.is_alphanumeric()).any(|part| words.contains(&part)) {
                breaches.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    assert_none("Finish it, or file an issue:", &breaches);
}

#[test]
fn sentences_are_said_in_our_words() {
    const NOT_OURS: [&str; 6] = ["Please ", "please ", "Somebody", "somebody", "in the meantime", "does not answer"];
    let mut breaches = Vec::new();
    // The people of the demo speak as they like.
    for source in sources().iter().filter(|source| !is_test(source) && !source.path.contains("front/demo/")) {
        for (line, text) in source.lines().filter(|(_, text)| !text.trim_start().starts_with("//") && !text.contains("tracing::")) {
            let said = text.split('"').skip(1).step_by(2).find(|said| NOT_OURS.iter().any(|word| said.contains(word)));
            breaches.extend(said.map(|said| format!("{}:{line}: {said}", source.path)));
        }
    }
    assert_none("say it in the words of the glossary", &breaches);
}
