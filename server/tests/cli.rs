//! The command line as an operator uses it: what it prints, and the number it ends with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

/// A folder of its own, removed at the end.
struct CliFolder(PathBuf);

impl CliFolder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("weheard-cli-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn weheard(&self, database: &str, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_weheard"))
            .args(args)
            .current_dir(&self.0)
            .env_clear()
            .env("DATABASE_URL", format!("sqlite:{database}"))
            .output()
            .expect("the binary runs")
    }

    fn json(&self, database: &str, args: &[&str]) -> Json {
        let output = self.weheard(database, args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stated(&output));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::new(&self.0).join(name)
    }
}

impl Drop for CliFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn stated(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Odd rows are listed apart from the counts, so that a script may add these up.
#[test]
fn an_import_prints_counts_that_add_up_to_its_rows_and_an_opt_out_keeps_an_author_out() {
    let place = CliFolder::new();
    let mut export = b"Datetime,Tweet Id,Text,Username\n2022-09-01 10:00:00+00:00,15700000001,My laptop died again,zoe_k\n".to_vec();
    export.extend(b"2022-09-02 10:00:00+00:00,1.57E+10,The service desk is closed,MaxO\nsoon,15700000003,When will it come,ada\n");
    std::fs::write(place.file("posts.csv"), export).expect("a file");
    let parts = |done: &Json| {
        let counts: Vec<i64> = ["created", "updated", "duplicate", "set_aside", "rejected"]
            .iter()
            .map(|name| done[*name].as_i64().expect("a count"))
            .collect();
        assert_eq!(Some(counts.iter().sum()), done["rows"].as_i64(), "{done}");
        assert!(done["seconds"].as_f64().expect("a time") >= 0.0);
        counts
    };
    let first = place.json("a.db", &["import", "posts.csv", "--json"]);
    assert_eq!(parts(&first), [2, 0, 0, 0, 1]);
    assert_eq!(first["notes"]["damaged_ids"], 1, "the second one's, which is known by its author, time and text");
    assert_eq!(parts(&place.json("a.db", &["import", "posts.csv", "--json"])), [0, 0, 2, 0, 1]);

    // By its name of before, which scripts may have.
    assert_eq!(place.json("a.db", &["listening", "objection", "@zoe_k", "--json"])["known"], true);
    assert_eq!(parts(&place.json("a.db", &["import", "posts.csv", "--json"])), [0, 0, 1, 1, 1]);
    assert_eq!(place.json("a.db", &["listening", "rebuild", "--json"])["mended"], 0);
    std::fs::write(place.file("gone.txt"), "15700000001\n\n").expect("a file");
    assert_eq!(place.json("a.db", &["listening", "purge", "--ids", "gone.txt", "--json"])["posts"], 0);
    assert_eq!(place.weheard("a.db", &["listening", "purge", "--ids", "none.txt"]).status.code(), Some(2));
    let empty = place.weheard("new.db", &["listening", "rebuild"]);
    assert_eq!(empty.status.code(), Some(3));
    assert!(stated(&empty).contains("no program yet") && stated(&empty).contains("weheard import"), "{}", stated(&empty));
    let nope = place.weheard("a.db", &["listening", "rebuild", "--program", "nope"]);
    assert_eq!(nope.status.code(), Some(3), "{}", stated(&nope));
    let foo = place.weheard("a.db", &["listening", "opt-out", "MaxO", "--network", "foo"]);
    assert_eq!(foo.status.code(), Some(2), "{}", stated(&foo));

    let unlabelled = place.weheard("a.db", &["sentiment", "evaluate", "posts.csv", "--text", "Text", "--label", "Text", "--json"]);
    assert_eq!(unlabelled.status.code(), Some(2), "{}", stated(&unlabelled));
    assert!(unlabelled.stdout.is_empty() && stated(&unlabelled).contains("contains no sentiment"), "{}", stated(&unlabelled));
}

#[test]
fn a_backup_brings_back_what_there_was_except_who_was_erased_since() {
    let place = CliFolder::new();
    let ada = ["user", "add", "ada@example.com", "--name", "Ada Okafor", "--role", "administrator", "--json"];
    assert!(place.json("a.db", &ada)["sign_in"].as_str().expect("a link").starts_with("http://127.0.0.1:3000/l/"));
    place.json("a.db", &["user", "add", "vera@example.com", "--name", "Vera Lindqvist", "--role", "viewer", "--json"]);
    place.json("a.db", &["backup", "all.ndjson.gz", "--json"]);
    assert!(place.file("all.ndjson.gz").exists() && !place.file("all.ndjson.gz.part").exists());

    let asked = place.weheard("a.db", &["person", "erase", "vera@example.com"]);
    assert_eq!(asked.status.code(), Some(4), "{}", stated(&asked));
    assert!(stated(&asked).contains("--yes"));
    place.json("a.db", &["person", "erase", "Vera@Example.com", "--yes", "--json"]);
    let verified = place.json("a.db", &["audit", "verify", "--json"]);
    assert_eq!(verified["found"], 0, "{verified}");
    let head = format!("{}:{}", verified["head"]["seq"], verified["head"]["hash"].as_str().expect("a hash"));
    place.json("a.db", &["audit", "verify", "--expect", &head, "--json"]);
    let other = place.weheard("a.db", &["audit", "verify", "--expect", "1:another"]);
    assert!(other.status.code() == Some(4) && stated(&other).contains("1:another"), "{}", stated(&other));
    let erased = String::from_utf8(place.weheard("a.db", &["person", "erased"]).stdout).expect("text");
    assert!(erased.starts_with("account "), "{erased}");
    #[cfg(unix)]
    for file in ["a.db", "all.ndjson.gz"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place.file(file)).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }

    let refused = place.weheard("a.db", &["restore", "all.ndjson.gz"]);
    assert_eq!(refused.status.code(), Some(4), "{}", stated(&refused));
    assert_eq!(place.json("a.db", &["restore", "all.ndjson.gz", "--replace", "--yes", "--json"])["erased_again"], 1);
    assert_eq!(place.weheard("a.db", &["person", "export", "vera@example.com"]).status.code(), Some(3));
    let kept = place.json("a.db", &["person", "export", "ada@example.com"]);
    assert_eq!(kept["tables"]["account"][0]["name"], "Ada Okafor");

    assert_eq!(place.json("b.db", &["restore", "all.ndjson.gz", "--json"])["erased_again"], 0);
    assert_eq!(place.weheard("b.db", &["person", "export", "vera@example.com"]).status.code(), Some(0));
}

#[test]
fn erasing_with_a_rewrite_gives_the_space_of_what_was_deleted_back() {
    let place = CliFolder::new();
    let mut export = "Datetime,Tweet Id,Text,Username\n2022-09-01 10:00:00+00:00,15700000000,The keyboard is lovely,ada\n".to_owned();
    for row in 1..=400 {
        let text = format!("Support closed ticket {row} again and {}", "never called back, ".repeat(20));
        export += &format!("2022-09-01 10:00:00+00:00,{},\"{text}\",zoe_k\n", 15_700_000_000_u64 + row);
    }
    std::fs::write(place.file("posts.csv"), export).expect("a file");
    place.json("a.db", &["import", "posts.csv", "--organisation", "Dell", "--json"]);
    let size = || std::fs::metadata(place.file("a.db")).expect("a file").len();
    let full = size();
    place.json("a.db", &["person", "erase", "@zoe_k", "--yes", "--rewrite", "--json"]);
    let left = size();
    assert!(left < full, "{left} of {full} bytes");
    assert_eq!(place.weheard("a.db", &["person", "export", "@zoe_k"]).status.code(), Some(3));
    assert_eq!(place.weheard("a.db", &["person", "export", "@ada"]).status.code(), Some(0), "everybody else is still there");
}

#[test]
fn an_operator_makes_sign_in_links() {
    let place = CliFolder::new();
    place.json("a.db", &["user", "add", "ada@example.com", "--name", "Ada Okafor", "--role", "administrator", "--json"]);
    let link = |args: &[&str]| place.json("a.db", args)["sign_in"].as_str().expect("a link").to_owned();
    let first = link(&["user", "link", "Ada@example.com", "--json"]);
    assert!(first.starts_with("http://127.0.0.1:3000/l/"), "{first}");
    let second = link(&["user", "link", "ada@example.com", "--base-url", "https://cap.example.com", "--json"]);
    assert!(second.starts_with("https://cap.example.com/l/") && second.rsplit('/').next() != first.rsplit('/').next(), "{second}");
    let nobody = place.weheard("a.db", &["user", "link", "nobody@example.com"]);
    assert!(nobody.status.code() == Some(3) && stated(&nobody).contains("weheard user add"), "{}", stated(&nobody));
    assert_eq!(place.weheard("a.db", &["user", "link", "ada"]).status.code(), Some(2));
    assert_eq!(place.json("a.db", &["audit", "verify", "--json"])["found"], 0);
}

#[test]
fn what_is_wrong_is_said_and_numbered() {
    let place = CliFolder::new();
    let twice = ["user", "add", "ada", "--name", "", "--role", "responder"];
    let invalid = place.weheard("a.db", &twice);
    assert_eq!(invalid.status.code(), Some(2));
    for part in ["email address", "Enter the name", "unit"] {
        assert!(stated(&invalid).contains(part), "{part} is missing in: {}", stated(&invalid));
    }
    let settings = place.weheard("a.db", &["migrate", "--port", "0", "--log", "xml"]);
    assert_eq!(settings.status.code(), Some(2));
    assert!(stated(&settings).contains("--port") && stated(&settings).contains("--log"));
    assert_eq!(place.weheard("/proc/nowhere/a.db", &["migrate"]).status.code(), Some(5));
    assert_eq!(place.weheard("a.db", &["restore", "missing.gz"]).status.code(), Some(2));
    std::fs::write(place.file("damaged.gz"), b"not a backup").expect("written");
    let damaged = place.weheard("a.db", &["restore", "damaged.gz"]);
    assert_eq!(damaged.status.code(), Some(4), "{}", stated(&damaged));
}

#[test]
fn a_panel_is_drawn_from_files_and_says_what_is_wrong() {
    let place = CliFolder::new();
    let pool = "id,language,household\nc1,en,\nc2,en,Elm Street 1\nc3,en,Elm Street 1\nc4,de,\nc5,fr,\n";
    std::fs::write(place.file("pool.csv"), pool).expect("written");
    std::fs::write(place.file("quotas.csv"), "category,value,min,max\nlanguage,en,1,1\nlanguage,de,1,1\nlanguage,fr,0,0\n")
        .expect("written");
    let draw = |more: &[&str]| {
        let files = ["panel", "draw", "--candidates", "pool.csv", "--quotas", "quotas.csv", "--seats", "2"];
        place.weheard("none.db", &[&files[..], more].concat())
    };
    let printed = |output: &Output| {
        assert_eq!(output.status.code(), Some(0), "{}", stated(output));
        String::from_utf8(output.stdout.clone()).expect("text")
    };
    let no_seed = draw(&[]);
    assert!(no_seed.status.code() != Some(0) && stated(&no_seed).contains("--seed"), "{}", stated(&no_seed));
    let lots = printed(&draw(&["--seed", "3 May"]));
    assert_eq!(lots, printed(&draw(&["--seed", "3 May"])));
    assert!(lots.contains("Panel of 2: ") && lots.contains("Smallest chance 0.000 %"), "{lots}");
    assert!(lots.contains("On no panel that satisfies all quotas: c5"), "{lots}");
    assert!(lots.contains("SHA-256 of the seed"), "{lots}");
    let balanced = printed(&draw(&["--method", "balanced"]));
    assert!(!balanced.contains("chance") && !balanced.contains("seed"), "nothing here is by lot: {balanced}");
    let unscored = draw(&["--method", "ranked"]);
    assert!(unscored.status.code() != Some(0) && stated(&unscored).contains("No candidate has a score"), "{}", stated(&unscored));
    std::fs::write(place.file("scores.csv"), "id,score\nc3,9\nc1,2\n").expect("written");
    assert!(printed(&draw(&["--method", "ranked", "--weights", "scores.csv"])).contains("Panel of 2: c3, c4"));
    std::fs::write(place.file("couples.csv"), "c2,c3\n").expect("written");
    let couple = draw(&["--seed", "3 May", "--together", "couples.csv"]);
    assert!(couple.status.code() != Some(0) && stated(&couple).contains("“c2” and “c3” are to come together"), "{}", stated(&couple));
    std::fs::write(place.file("quotas.csv"), "category,value,min,max\nlanguage,de,2,2\n").expect("written");
    let narrow = draw(&["--seed", "3 May"]);
    assert_eq!(narrow.status.code(), Some(4));
    let changes = String::from_utf8(narrow.stdout).expect("text");
    assert!(changes.contains("language “de”: at least 1 instead of 2"), "{changes}");
}

#[test]
fn help_has_examples_and_says_what_the_numbers_mean() {
    let place = CliFolder::new();
    let help = String::from_utf8(place.weheard("a.db", &["--help"]).stdout).expect("text");
    assert!(help.contains("Exit codes"));
    for command in ["serve", "backup", "restore", "migrate"] {
        let help = String::from_utf8(place.weheard("a.db", &[command, "--help"]).stdout).expect("text");
        assert!(help.contains("weheard "), "{command} --help has no example");
    }
}

#[test]
fn a_database_that_does_not_open_leaves_no_key_behind() {
    let place = CliFolder::new();
    std::fs::write(place.file("damaged.db"), [b'x'; 8192]).expect("written");
    for args in [&["migrate"][..], &["new-key", "--yes"]] {
        let refused = place.weheard("damaged.db", args);
        assert_ne!(refused.status.code(), Some(0), "{args:?}");
        assert!(!place.file("var/secret.key").exists(), "{args:?}: {}", stated(&refused));
    }
}

#[test]
fn a_lost_key_is_not_replaced_unasked() {
    let place = CliFolder::new();
    let key = place.file("var/secret.key");
    assert_eq!(place.weheard("new.db", &["migrate"]).status.code(), Some(0));
    std::fs::remove_file(&key).expect("a key");
    assert_eq!(place.weheard("new.db", &["migrate"]).status.code(), Some(0), "nothing was made with the first key");
    let user = ["user", "add", "ada@example.com", "--name", "Ada Okafor", "--role", "administrator"];
    assert_eq!(place.weheard("new.db", &user).status.code(), Some(0));
    let kept = std::fs::read(&key).expect("a key");
    assert_eq!(place.weheard("new.db", &["audit", "verify"]).status.code(), Some(0), "the second key is the log's");

    std::fs::remove_file(&key).expect("a key");
    let refused = place.weheard("new.db", &["audit", "verify"]);
    assert_ne!(refused.status.code(), Some(0));
    let why = stated(&refused);
    assert!(why.contains("secret.key is missing") && why.contains("opt-outs") && why.contains("weheard new-key --yes"), "{why}");
    assert!(!key.exists(), "no key was made");
    std::fs::write(&key, kept).expect("put back");
    assert_eq!(place.weheard("new.db", &["audit", "verify"]).status.code(), Some(0), "nothing was lost");
    let needless = place.weheard("new.db", &["new-key", "--yes"]);
    assert_ne!(needless.status.code(), Some(0));
    assert!(stated(&needless).contains("secret.key exists, so no new key is needed"), "{}", stated(&needless));

    std::fs::remove_file(&key).expect("a key");
    assert_ne!(place.weheard("new.db", &["new-key"]).status.code(), Some(0), "it takes a yes");
    assert_eq!(place.weheard("new.db", &["new-key", "--yes"]).status.code(), Some(0));
    let verified = place.weheard("new.db", &["audit", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", stated(&verified));
}
