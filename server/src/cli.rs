//! The command line: one binary, a subcommand for each thing an operator does. Each translates into an act.

use std::process::ExitCode;

use app::kernel::error::Result;
use clap::{Parser, Subcommand};

use crate::backup::{BackupFile, RestoreFile};
use crate::import::ImportFile;
use crate::listening::{ListeningOptOut, ListeningPurge, ListeningRebuild};
use crate::person::{PersonErase, PersonExport};
use crate::report::ReportFiles;
use crate::sentiment::{EvaluateSentiment, TrainSentiment};
use crate::settings::{Flags, Settings};
use crate::upkeep::{AuditVerify, DemoArgs, NewUser};
use crate::{backup, exit, import, listening, out, person, report, sentiment, serve, upkeep};

/// Customer advisory panels, from what people say in public to commitments that were kept.
#[derive(Debug, Parser)]
#[command(name = "weheard", version, after_help = exit::HELP, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web pages until SIGTERM or SIGINT
    #[command(after_help = "Examples:
  weheard serve
  weheard serve --port 8080 --database-url postgres://weheard@localhost/weheard
  weheard serve --bind 0.0.0.0 --base-url https://cap.example.com --smtp smtps://panel:PASSWORD@mail.example.com")]
    Serve,
    /// Create the database, or bring its schema up to date
    #[command(after_help = "Example:
  weheard migrate --database-url sqlite:var/weheard.db")]
    Migrate,
    /// Take in a listening export or a customer roster (CSV, Excel or JSON, with whatever columns)
    #[command(after_help = "Examples:
  weheard import tweets.csv
  weheard import export.csv --dry-run
  weheard import crm.csv --kind customers --program 'CAP Days US 2010' --json
  weheard import tweets.csv --json --database-url sqlite:new.db --organisation Dell

Columns are guessed; to choose them, upload the file in the browser. Every row ends as created, updated, duplicate, excluded
or rejected; the same file twice creates nothing. A new database gets its schema and a first program.")]
    Import(ImportFile),
    /// Train and measure the sentiment model
    #[command(subcommand)]
    Sentiment(SentimentCommand),
    /// Maintain listening data: opt-outs, retention and roll-ups
    #[command(subcommand)]
    Listening(ListeningCommand),
    /// Fill an empty database with an edition that could have happened
    #[command(after_help = "Examples:
  weheard demo --database-url sqlite:var/demo.db
  weheard demo --stage held --database-url sqlite:var/held.db

Stages, each the beginning of the next: recruiting, scheduled, held, reported. `weheard serve` on a demo prints one sign-in
link per role, if it listens on this machine alone. The demo sends no email.")]
    Demo(DemoArgs),
    /// Add people who sign in
    #[command(subcommand)]
    User(UserCommand),
    /// Make files of a final report
    #[command(subcommand)]
    Report(ReportCommand),
    /// Export or erase the data about one person
    #[command(subcommand)]
    Person(PersonCommand),
    /// Write everything into one file, readable by either database
    #[command(after_help = "Examples:
  weheard backup weheard-2026-03-01.ndjson.gz
  zcat weheard-2026-03-01.ndjson.gz | head -1 | jq .

Keep the key file (--secret-file) with your backups: without it the personal links in emails that were sent stop working.")]
    Backup(BackupFile),
    /// Put a backup into an empty database, and erase again whoever was erased since
    #[command(after_help = "Examples:
  weheard restore weheard-2026-03-01.ndjson.gz --database-url postgres://weheard@localhost/weheard
  weheard restore weheard-2026-03-01.ndjson.gz --replace --yes
  weheard person erased > erased.txt && weheard restore old.ndjson.gz --erased erased.txt --database-url sqlite:new.db

People who were erased in the database that is replaced, or are listed in --erased, are erased again, and people who opted out stay out. All of
it happens, or none. Stop the server first.")]
    Restore(RestoreFile),
    /// Check the audit log
    #[command(subcommand, alias = "activity")]
    Audit(AuditCommand),
}

#[derive(Debug, Subcommand)]
enum ListeningCommand {
    /// Count the roll-ups of days and authors again from the mentions, and assess all authors again
    #[command(after_help = "Example:
  weheard listening rebuild --json

They are kept up to date as mentions are added and removed; counting again gives the same numbers, unless the database was changed from
outside. An author is assessed when they write: assessing again finds those whose mentions have all become too old since.")]
    Rebuild(ListeningRebuild),
    /// Erase an author who opts out, and keep them out of every later import
    #[command(after_help = "Examples:
  weheard listening opt-out @zoe_k
  weheard listening opt-out zoe_k --network reddit --json
  weheard listening opt-out zoe_k --network forum.example.org

A forum, blog or news site is a network by its host. What is left is a keyed hash of network and handle, which names nobody.")]
    #[command(alias = "objection")]
    OptOut(ListeningOptOut),
    /// Delete what is older than its program's retention, or mentions that were deleted where they were written
    #[command(after_help = "Examples:
  weheard listening purge
  weheard listening purge --ids deleted.txt --program 'CAP Days US 2010'

`weheard serve` purges by itself, every hour. Days and months are counted from the import. With --ids, the file has one mention id of the network per line.")]
    Purge(ListeningPurge),
}

#[derive(Debug, Subcommand)]
enum SentimentCommand {
    /// Train on the labelled mentions in the database, and report how good the model is
    #[command(after_help = "Examples:
  weheard sentiment train
  weheard sentiment train --switch-on --json

The model learns from vendors' values and people's corrections. The figures come from cross-validation: no author and no copy of a
text is on both sides. Without --switch-on nothing changes for readers.")]
    Train(TrainSentiment),
    /// Measure VADER and the trained model on a labelled file
    #[command(after_help = "Examples:
  weheard sentiment evaluate fresh.csv --text Text --label sentiment --json
  weheard sentiment evaluate airline.csv --text text --label airline_sentiment --author name --cross-validate

The model is the one that is switched on, else the newest. Labels are words (negative, neutral, positive) or numbers. Nothing is
kept of the file.")]
    Evaluate(EvaluateSentiment),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add an account and print its sign-in link
    #[command(after_help = "Examples:
  weheard user add ada@example.com --name 'Ada Okafor' --role administrator
  weheard user add sam@example.com --name 'Sam Reyes' --role responder --unit 'Online store'

Roles: administrator, staff, moderator, responder (with --unit), viewer. The link opens once, for 20 minutes; after that the
sign-in page sends another by email.")]
    Add(NewUser),
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// Print the newest report of a day, and each attendee's copy, as PDF
    #[command(after_help = "Examples:
  weheard report build --day 2010-06-15 --out reports
  weheard report build --day 'Tell it to our face' --out /tmp/reports --json

The fonts are those of the built site (--site). A copy's file has the panelist's id, not the name.")]
    Build(ReportFiles),
}

#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Print all data about a person, as JSON
    #[command(after_help = "Examples:
  weheard person export pia@example.com
  weheard person export @pia_writes --out pia.json

A person is found by email address, handle or id, with all that belongs together: authors, customer, candidate, panelist, account. Guests who
own a heard item and people who were nominated are found by address or name.")]
    Export(PersonExport),
    /// Erase a person everywhere, for good
    #[command(after_help = "Examples:
  weheard person erase pia@example.com          (shows what would be erased)
  weheard person erase pia@example.com --yes

Their mentions, texts, addresses and names are deleted; counts stay; later imports skip their handles. Texts that may still name them are
listed for review. Backups keep them until the backup is restored, which erases them again.")]
    Erase(PersonErase),
    /// List who was erased, by id alone, and who opted out, by keyed hash, for `restore --erased`
    Erased,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Check every line, the end of the log, and every note, response, report and answer that it vouches for
    #[command(after_help = "Examples:
  weheard audit verify
  weheard audit verify --expect 812:q3v9…      (the line that an earlier check printed)

Names lines that were altered or deleted, also at the end, and rows that were altered, added or deleted from outside. Exits with 4 if there is one.")]
    Verify(AuditVerify),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = match Settings::load(&cli.flags) {
        Ok(settings) => settings,
        Err(mistakes) => {
            out::aside(mistakes.to_string());
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            out::aside(format!("weheard: the process cannot start its threads: {error}"));
            return ExitCode::from(5);
        }
    };
    match runtime.block_on(run(cli.command, &settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(&error),
    }
}

async fn run(command: Command, settings: &Settings) -> Result<()> {
    match command {
        Command::Serve => serve::serve(settings).await,
        Command::Migrate => upkeep::migrate(settings).await,
        Command::Import(cmd) => import::import(settings, cmd).await,
        Command::Sentiment(SentimentCommand::Train(cmd)) => sentiment::train(settings, cmd).await,
        Command::Sentiment(SentimentCommand::Evaluate(cmd)) => sentiment::evaluate(settings, cmd).await,
        Command::Listening(ListeningCommand::Rebuild(cmd)) => listening::rebuild(settings, cmd).await,
        Command::Listening(ListeningCommand::OptOut(cmd)) => listening::opt_out(settings, cmd).await,
        Command::Listening(ListeningCommand::Purge(cmd)) => listening::purge(settings, cmd).await,
        Command::Demo(cmd) => upkeep::demo(settings, cmd.stage).await,
        Command::User(UserCommand::Add(user)) => upkeep::add_user(settings, user).await,
        Command::Report(ReportCommand::Build(cmd)) => report::build(settings, cmd).await,
        Command::Person(PersonCommand::Export(cmd)) => person::export(settings, cmd).await,
        Command::Person(PersonCommand::Erase(cmd)) => person::erase(settings, cmd).await,
        Command::Person(PersonCommand::Erased) => person::erased(settings).await,
        Command::Backup(cmd) => backup::write(settings, cmd).await,
        Command::Restore(cmd) => backup::restore(settings, cmd).await,
        Command::Audit(AuditCommand::Verify(cmd)) => upkeep::verify(settings, cmd).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn names_of_earlier_versions_still_work() {
        for old in [&["activity", "verify"][..], &["listening", "objection", "@zoe_k"]] {
            assert!(Cli::try_parse_from([&["weheard"], old].concat()).is_ok(), "{old:?}");
        }
        for shown in [Cli::command().render_long_help(), Cli::command().find_subcommand_mut("listening").expect("it").render_long_help()] {
            let shown = shown.to_string();
            assert!(!shown.contains("activity") && !shown.contains("objection"), "{shown}");
        }
    }

    #[test]
    fn replacing_asks_for_a_yes() {
        assert!(Cli::try_parse_from(["weheard", "restore", "a.gz", "--replace"]).is_err());
        assert!(Cli::try_parse_from(["weheard", "restore", "a.gz", "--replace", "--yes"]).is_ok());
    }
}
