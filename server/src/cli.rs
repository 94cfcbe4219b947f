//! The command line: one binary with a subcommand for each thing an operator does.

use std::process::ExitCode;

use app::kernel::error::Result;
use clap::{Parser, Subcommand};

use crate::authors::EvaluateAuthors;
use crate::backup::{BackupFile, RestoreFile};
use crate::draw::PanelDraw;
use crate::import::ImportFile;
use crate::listening::{ListeningOptOut, ListeningPurge, ListeningRebuild};
use crate::person::{PersonErase, PersonExport};
use crate::report::ReportFiles;
use crate::sentiment::{EvaluateSentiment, TrainSentiment};
use crate::settings::{Flags, Settings};
use crate::upkeep::{AuditVerify, DemoArgs, NewKeyArgs, NewUser, UserLink};
use crate::{authors, backup, draw, exit, import, listening, out, person, report, sentiment, serve, upkeep};

/// Customer advisory panels: from public mentions to kept commitments
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
    /// Run the web server
    #[command(after_help = "Examples:
  weheard serve
  weheard serve --port 8080 --database-url postgres://weheard@localhost/weheard
  weheard serve --bind 0.0.0.0 --base-url https://cap.example.com --smtp smtps://panel:PASSWORD@mail.example.com

Stop it with Ctrl+C or SIGTERM.")]
    Serve,
    /// Create the database, or update its schema
    #[command(after_help = "Example:
  weheard migrate --database-url sqlite:var/weheard.db")]
    Migrate,
    /// Import a listening export or a customer roster (CSV, Excel or JSON)
    #[command(after_help = "Examples:
  weheard import tweets.csv
  weheard import export.csv --dry-run
  weheard import crm.csv --kind customers --program 'CAP Days US 2010' --json
  weheard import tweets.csv --json --database-url sqlite:new.db --organisation Dell

Columns are guessed. To choose them, upload the file in the browser. Every row ends as created, updated, duplicate, excluded
or rejected. Importing the same file twice adds nothing. A new database gets its schema and a first program.")]
    Import(ImportFile),
    /// Train and evaluate the sentiment model
    #[command(subcommand)]
    Sentiment(SentimentCommand),
    /// Evaluate how well kinds of authors are recognised
    #[command(subcommand)]
    Authors(AuthorsCommand),
    /// Maintain listening data: opt-outs, retention and counts
    #[command(subcommand)]
    Listening(ListeningCommand),
    /// Fill an empty database with a demo
    #[command(after_help = "Examples:
  weheard demo --database-url sqlite:var/demo.db
  weheard demo --stage held --database-url sqlite:var/held.db

Stages, in order: recruiting, scheduled, held, reported. `weheard serve` on a demo prints a sign-in link for each role,
if it listens on 127.0.0.1 only. The demo sends no email. All people and companies are made up.")]
    Demo(DemoArgs),
    /// Add user accounts, and make sign-in links
    #[command(subcommand)]
    User(UserCommand),
    /// Draw panels from files
    #[command(subcommand)]
    Panel(PanelCommand),
    /// Save final reports as PDF
    #[command(subcommand)]
    Report(ReportCommand),
    /// Export or erase the data about a person
    #[command(subcommand)]
    Person(PersonCommand),
    /// Back up the whole database to one file
    #[command(after_help = "Examples:
  weheard backup weheard-2026-03-01.ndjson.gz
  zcat weheard-2026-03-01.ndjson.gz | head -1 | jq .

The backup can be restored to SQLite or PostgreSQL. Keep the key file (--secret-file) with it, in an equally safe place. Without the key
these stop working: personal links and unsubscribe links in sent emails, opt-outs (authors who opted out would be imported
again), the signing secrets of inbound integrations and webhooks, and the proof that the audit log was not changed.")]
    Backup(BackupFile),
    /// Restore a backup into an empty database
    #[command(after_help = "Examples:
  weheard restore weheard-2026-03-01.ndjson.gz --database-url postgres://weheard@localhost/weheard
  weheard restore weheard-2026-03-01.ndjson.gz --replace --yes
  weheard person erased > erased.txt && weheard restore old.ndjson.gz --erased erased.txt --database-url sqlite:new.db

Stop the server first. People who were erased since the backup (in the replaced database, or listed in --erased) are erased
again, and opt-outs stay in force. If anything fails, nothing is changed.")]
    Restore(RestoreFile),
    /// Make a new key file when the old one is lost for good
    #[command(after_help = "Example:
  weheard new-key --yes

First look for the key file in your backups: `weheard serve` says where it belongs. With a new key, personal links and
unsubscribe links in sent emails no longer open, and people need new ones. Opt-outs are no longer recognised: enter them again
before the next import. Tools that push mentions and receivers of webhooks need new signing secrets. For existing entries of the
audit log, only the order can then be verified.")]
    NewKey(NewKeyArgs),
    /// Verify the audit log
    #[command(subcommand, alias = "activity")]
    Audit(AuditCommand),
}

#[derive(Debug, Subcommand)]
enum ListeningCommand {
    /// Recalculate all counts and segments from the mentions
    #[command(after_help = "Example:
  weheard listening rebuild --json

Counts are always up to date, so this changes them only if the database was edited from outside. Segments of authors whose
mentions have become too old are updated.")]
    Rebuild(ListeningRebuild),
    /// Erase an author and keep them out of later imports
    #[command(after_help = "Examples:
  weheard listening opt-out @zoe_k
  weheard listening opt-out zoe_k --network reddit --json
  weheard listening opt-out zoe_k --network forum.example.org

For a forum, blog or news site, the network is its host name. Only a keyed hash of network and handle is kept.")]
    #[command(alias = "objection")]
    OptOut(ListeningOptOut),
    /// Delete data past its retention, or mentions that were deleted at the source
    #[command(after_help = "Examples:
  weheard listening purge
  weheard listening purge --ids deleted.txt --program 'CAP Days US 2010'

`weheard serve` does this every hour. Retention is counted from the import. With --ids, the file has one mention ID of the
network per line.")]
    Purge(ListeningPurge),
}

#[derive(Debug, Subcommand)]
enum SentimentCommand {
    /// Train a model on labelled mentions and report its quality
    #[command(after_help = "Examples:
  weheard sentiment train
  weheard sentiment train --switch-on --json

The model learns from vendors' sentiment and people's corrections. The figures come from cross-validation: no author and no
near-duplicate is in both parts. Without --switch-on, the model is saved but not used.")]
    Train(TrainSentiment),
    /// Evaluate VADER and the trained model on a labelled file
    #[command(after_help = "Examples:
  weheard sentiment evaluate fresh.csv --text Text --label sentiment --json
  weheard sentiment evaluate airline.csv --text text --label airline_sentiment --author name --cross-validate

This evaluates the active model, or the newest if none is active. Labels are words (negative, neutral, positive) or numbers.
The file is not stored.")]
    Evaluate(EvaluateSentiment),
}

#[derive(Debug, Subcommand)]
enum AuthorsCommand {
    /// Evaluate who is recognised as a customer, partner, media and so on on a labelled file
    #[command(after_help = "Examples:
  weheard authors evaluate labels.csv --handle handle --kind kind
  weheard authors evaluate labels.csv --handle author --kind label --sure sure --json

Import the mentions of the labelled authors first. Kinds are customer, own, employee, partner, media, advertiser, bot and unknown
(not a customer, and none of the others); promoter, retailer, press, other and similar words are understood. Precision and
recall are given for each kind and for “not a customer”, which decides who is ranked. Authors whose kind a person set are left out.
The file is not stored.")]
    Evaluate(EvaluateAuthors),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add an account and print its sign-in link
    #[command(after_help = "Examples:
  weheard user add ada@example.com --name 'Ada Okafor' --role administrator
  weheard user add sam@example.com --name 'Sam Reyes' --role responder --unit 'Online store'

Roles: administrator, staff, moderator, responder (with --unit), viewer. The sign-in link works once and expires after 20
minutes, on a server that runs with the same --port or --base-url. The sign-in page sends another link by email, and
`weheard user link` prints one.")]
    Add(NewUser),
    /// Print a sign-in link for an account, for example where no mail server is set up
    #[command(after_help = "Examples:
  weheard user link ada@example.com --base-url https://cap.example.com
  weheard user link ada@example.com --json

The link works once, expires after 20 minutes, and signs in anyone who opens it. It is recorded in the audit log. Closed accounts get none.")]
    Link(UserLink),
}

#[derive(Debug, Subcommand)]
enum PanelCommand {
    /// Fill the seats of a panel under quotas: by lot with the fairest chances, balanced, or ranked
    #[command(after_help = "Examples:
  weheard panel draw --candidates pool.csv --quotas quotas.csv --seats 15 --seed 'lottery numbers of 3 May' --json
  weheard panel draw --candidates pool.csv --quotas quotas.csv --seats 15 --method ranked --weights scores.csv
  weheard panel draw --candidates pool.csv --quotas quotas.csv --seats 15 --seed S --fixed c01,c07 --without c03

The same files and seed always draw the same panel. Leximin and maximin need --seed; balanced and ranked use no chance. Ranked needs
a column “score” or --weights. --fixed with --without replaces people who left. If no panel satisfies the quotas, a smallest set of
changes is listed, and the exit code is 4. No database is needed.")]
    Draw(PanelDraw),
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// Save the newest final report of a day, and each attendee’s copy, as PDF files
    #[command(after_help = "Examples:
  weheard report build --day 2010-06-15 --out reports
  weheard report build --day 'Tell it to our face' --out /tmp/reports --json

Fonts come from the built site (--site). File names of copies contain panelist IDs, not names.")]
    Build(ReportFiles),
}

#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Export all data about a person as JSON
    #[command(after_help = "Examples:
  weheard person export pia@example.com
  weheard person export @pia_writes --out pia.json

Search by email address, handle or ID. The export includes every linked record: authors, customer, candidate, panelist, account.
Owners of heard items and nominated people can also be found by name.")]
    Export(PersonExport),
    /// Erase a person permanently
    #[command(after_help = "Examples:
  weheard person erase pia@example.com          (preview)
  weheard person erase pia@example.com --yes

This deletes their mentions, texts, addresses and names, and keeps their handles out of later imports. Counts stay. Texts that
may still name them are listed for review. Backups still contain them, but restoring a backup erases them again.")]
    Erase(PersonErase),
    /// List erased people (by ID) and opt-outs (by keyed hash) for `restore --erased`
    Erased,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Verify every entry of the audit log and the records it covers
    #[command(after_help = "Examples:
  weheard audit verify
  weheard audit verify --expect 812:q3v9…      (printed by an earlier run)

This lists log entries that were changed or deleted, and notes, answers, reports and panelists’ answers that were changed outside Weheard.
The exit code is then 4.")]
    Verify(AuditVerify),
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = match Settings::load(&cli.flags) {
        Ok(settings) => settings,
        Err(mistakes) => {
            out::note(mistakes.to_string());
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            out::note(format!("weheard: the process cannot start threads: {error}"));
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
        Command::Authors(AuthorsCommand::Evaluate(cmd)) => authors::evaluate(settings, cmd).await,
        Command::Listening(ListeningCommand::Rebuild(cmd)) => listening::rebuild(settings, cmd).await,
        Command::Listening(ListeningCommand::OptOut(cmd)) => listening::opt_out(settings, cmd).await,
        Command::Listening(ListeningCommand::Purge(cmd)) => listening::purge(settings, cmd).await,
        Command::Demo(cmd) => upkeep::demo(settings, cmd.stage).await,
        Command::User(UserCommand::Add(user)) => upkeep::add_user(settings, user).await,
        Command::Panel(PanelCommand::Draw(cmd)) => app::kernel::error::blocking(move || draw::panel(&cmd)).await,
        Command::User(UserCommand::Link(cmd)) => upkeep::make_user_link(settings, cmd).await,
        Command::Report(ReportCommand::Build(cmd)) => report::build(settings, cmd).await,
        Command::Person(PersonCommand::Export(cmd)) => person::export(settings, cmd).await,
        Command::Person(PersonCommand::Erase(cmd)) => person::erase(settings, cmd).await,
        Command::Person(PersonCommand::Erased) => person::erased(settings).await,
        Command::Backup(cmd) => backup::write(settings, cmd).await,
        Command::Restore(cmd) => backup::restore(settings, cmd).await,
        Command::NewKey(_) => upkeep::new_key(settings).await,
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
