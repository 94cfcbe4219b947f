//! The command line: one binary, a subcommand for each thing an operator does. Each translates into an act.

use std::path::PathBuf;
use std::process::ExitCode;

use app::account::Role;
use app::db::journal::Head;
use app::demo::Stage;
use app::error::Result;
use app::import::Kind;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::settings::{Flags, Settings};
use crate::{backup, exit, import, listening, out, person, report, sentiment, serve, upkeep};

/// Customer advisory panels, from what people say in public to what was promised and kept.
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

Columns are guessed; to choose them, upload the file in the browser. Every row ends as created, updated, duplicate, set aside
or rejected; the same file twice creates nothing. A new database gets its schema and a first program.")]
    Import(ImportFile),
    /// Train and measure how posts are read
    #[command(subcommand)]
    Sentiment(Sentiment),
    /// Keep what was heard as long as it may be kept, and its counts right
    #[command(subcommand)]
    Listening(Listening),
    /// Fill an empty database with an edition that could have happened
    #[command(after_help = "Examples:
  weheard demo --database-url sqlite:var/demo.db
  weheard demo --stage held --database-url sqlite:var/held.db

Stages, each the beginning of the next: recruiting, scheduled, held, reported. `weheard serve` on a demo prints one sign-in
link per role, if it listens on this machine alone. Mail of the demo never leaves.")]
    Demo(DemoStage),
    /// Add people who sign in
    #[command(subcommand)]
    User(User),
    /// Make files of a frozen report
    #[command(subcommand)]
    Report(Report),
    /// Hand out or erase what is kept about one person
    #[command(subcommand)]
    Person(Person),
    /// Write everything into one file, readable by either database
    #[command(after_help = "Examples:
  weheard backup weheard-2026-03-01.ndjson.gz
  zcat weheard-2026-03-01.ndjson.gz | head -1 | jq .

Keep the key file (--secret-file) with your backups: without it the personal links in mail that was sent stop working.")]
    Backup(BackupFile),
    /// Put a backup into an empty database, and erase again whoever was erased since
    #[command(after_help = "Examples:
  weheard restore weheard-2026-03-01.ndjson.gz --database-url postgres://weheard@localhost/weheard
  weheard restore weheard-2026-03-01.ndjson.gz --replace --yes
  weheard person erased > erased.txt && weheard restore old.ndjson.gz --erased erased.txt --database-url sqlite:new.db

People who were erased in the database that is replaced, or are listed in --erased, are erased again, and people who opted out stay out. All of
it happens, or none. Stop the server first.")]
    Restore(RestoreFile),
    /// Check the record of who did what
    #[command(subcommand)]
    Activity(Activity),
}

#[derive(Debug, Subcommand)]
enum Listening {
    /// Count the roll-ups of days and voices anew from the posts, and assess all voices anew
    #[command(after_help = "Example:
  weheard listening rebuild --json

They are kept up to date as posts come and go; counting anew gives the same numbers, unless the database was changed from outside.
A voice is assessed when it writes: assessing anew tells of whom all posts have grown too old since.")]
    Rebuild(ListeningRebuild),
    /// Erase a voice that objects to being listened to, and keep it out of every later import
    #[command(after_help = "Examples:
  weheard listening objection @zoe_k
  weheard listening objection zoe_k --network reddit --json
  weheard listening objection zoe_k --network forum.example.org

A forum, blog or news site is a network by its host. What is left is a keyed hash of network and handle, which names nobody.")]
    Objection(ListeningObjection),
    /// Take what is older than its program's retention, or posts that were deleted where they were written
    #[command(after_help = "Examples:
  weheard listening purge
  weheard listening purge --ids deleted.txt --program 'CAP Days US 2010'

`weheard serve` purges by itself, every hour. Days and months are counted from the import. With --ids, the file holds one post id of the network a line.")]
    Purge(ListeningPurge),
}

/// `listening rebuild`.
#[derive(Args, Debug)]
pub struct ListeningRebuild {
    /// The program's id or name; the newest unless given
    #[arg(long)]
    pub program: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `listening objection`.
#[derive(Args, Debug)]
pub struct ListeningObjection {
    /// The voice's handle, with or without @
    pub handle: String,
    /// The network it writes on; x, if no voice with this handle is kept on another
    #[arg(long)]
    pub network: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `listening purge`.
#[derive(Args, Debug)]
pub struct ListeningPurge {
    /// File with ids of posts to remove, one a line, whatever their age
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// The program's id or name, for --ids; the newest unless given
    #[arg(long)]
    pub program: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum Sentiment {
    /// Learn from the labelled posts in the database, and say how good it is
    #[command(after_help = "Examples:
  weheard sentiment train
  weheard sentiment train --switch-on --json

It learns from vendors' values and people's corrections. The figures come from cross-validation: no author and no copy of a
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

/// `sentiment train`.
#[derive(Args, Debug)]
pub struct TrainSentiment {
    /// The program's id or name; the newest unless given
    #[arg(long)]
    pub program: Option<String>,
    /// Let it read new posts, and the old ones again, if it is not worse than VADER
    #[arg(long)]
    pub switch_on: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `sentiment evaluate`.
#[derive(Args, Debug)]
pub struct EvaluateSentiment {
    /// The labelled file: text with commas or tabs
    pub file: PathBuf,
    /// The column that holds the text
    #[arg(long)]
    pub text: String,
    /// The column that holds the label
    #[arg(long)]
    pub label: String,
    /// The column that tells authors apart
    #[arg(long)]
    pub author: Option<String>,
    /// Train within the file as well, and measure by cross-validation
    #[arg(long)]
    pub cross_validate: bool,
    /// The program's id or name; the newest unless given
    #[arg(long)]
    pub program: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `demo`.
#[derive(Args, Debug)]
pub struct DemoStage {
    /// How far the story has come: recruiting, scheduled, held, reported
    #[arg(long, default_value = "reported")]
    pub stage: Stage,
}

/// `import`.
#[derive(Args, Debug)]
pub struct ImportFile {
    /// The export: text with commas, tabs, semicolons or bars (.csv, .tsv), a workbook (.xlsx), or JSON (a list, or one object a line); also packed as .gz or .zip
    pub file: PathBuf,
    /// mentions or customers; guessed from the columns
    #[arg(long)]
    pub kind: Option<Kind>,
    /// The program's id or name; the newest unless given
    #[arg(long)]
    pub program: Option<String>,
    /// The company that is listened for, where the database has no program yet
    #[arg(long)]
    pub organisation: Option<String>,
    /// How dates like 3/4/2022 are meant, where the file does not show it
    #[arg(long)]
    pub dates: Option<DateOrder>,
    /// The time zone of dates that name none, like Europe/Berlin; UTC unless the file says otherwise
    #[arg(long)]
    pub time_zone: Option<String>,
    /// Only say what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `import --dates`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DateOrder {
    /// 3/4/2022 is the third of April
    DayFirst,
    /// 3/4/2022 is March the fourth
    MonthFirst,
}

#[derive(Debug, Subcommand)]
enum User {
    /// Add an account and print its sign-in link
    #[command(after_help = "Examples:
  weheard user add ada@example.com --name 'Ada Okafor' --role administrator
  weheard user add sam@example.com --name 'Sam Reyes' --role responder --unit 'Online store'

Roles: administrator, staff, moderator, responder (with --unit), viewer. The link opens once, for 20 minutes; after that the
sign-in page sends another by mail.")]
    Add(NewUser),
}

/// `user add`.
#[derive(Args, Debug)]
pub struct NewUser {
    pub email: String,
    #[arg(long)]
    pub name: String,
    #[arg(long)]
    pub role: Role,
    /// The business unit that a responder answers for
    #[arg(long, default_value = "")]
    pub unit: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum Report {
    /// Print the newest report of a day, and each attendee's copy, as PDF
    #[command(after_help = "Examples:
  weheard report build --day 2010-06-15 --out reports
  weheard report build --day 'Tell it to our face' --out /tmp/reports --json

The fonts are those of the built site (--site). A copy's file has the panelist's id, not the name.")]
    Build(ReportFiles),
}

/// `report build`.
#[derive(Args, Debug)]
pub struct ReportFiles {
    /// The panel day's date, title or id
    #[arg(long)]
    pub day: String,
    /// Folder for the files
    #[arg(long)]
    pub out: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum Person {
    /// Print everything that is kept about a person, as JSON
    #[command(after_help = "Examples:
  weheard person export pia@example.com
  weheard person export @pia_writes --out pia.json

A person is found by mail address, handle or id, with all that belongs together: voices, customer, candidate, panelist, account. Guests who
own a heard item and people who were nominated are found by address or name.")]
    Export(PersonExport),
    /// Erase a person everywhere, for good
    #[command(after_help = "Examples:
  weheard person erase pia@example.com          (shows what would be erased)
  weheard person erase pia@example.com --yes

Their posts, texts, addresses and names go; counts stay; later imports leave their handles out. Texts that may still name them are listed for
somebody to read. Backups keep them until the backup is restored, which erases them again.")]
    Erase(PersonErase),
    /// List who was erased, by id alone, and who opted out, by keyed hash, for `restore --erased`
    Erased,
}

/// `person export`.
#[derive(Args, Debug)]
pub struct PersonExport {
    /// Mail address, handle or id
    pub person: String,
    /// File to write instead of standard output
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// `person erase`.
#[derive(Args, Debug)]
pub struct PersonErase {
    /// Mail address, handle or id
    pub person: String,
    /// Do it; without this, only show what would be erased
    #[arg(long)]
    pub yes: bool,
    /// Also write the database's files anew, so that no deleted page is left in them; everybody else waits
    #[arg(long)]
    pub rewrite: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `backup`.
#[derive(Args, Debug)]
pub struct BackupFile {
    pub file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `restore`.
#[derive(Args, Debug)]
pub struct RestoreFile {
    pub file: PathBuf,
    /// Throw away what the database holds now
    #[arg(long, requires = "yes")]
    pub replace: bool,
    /// Confirms --replace
    #[arg(long)]
    pub yes: bool,
    /// Restore although the key file that the backup was taken with is lost
    #[arg(long)]
    pub other_key: bool,
    /// More people to erase again and to keep out, as listed by `weheard person erased`
    #[arg(long, value_name = "FILE")]
    pub erased: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum Activity {
    /// Check every line, the end of the log, and every note, response, report and answer that it vouches for
    #[command(after_help = "Examples:
  weheard activity verify
  weheard activity verify --expect 812:q3v9…      (the line that an earlier check printed)

Names lines that were altered or deleted, also at the end, and rows that were altered, added or deleted from outside. Exits with 4 if there is one.")]
    Verify(ActivityVerify),
}

/// `activity verify`.
#[derive(Args, Debug)]
pub struct ActivityVerify {
    /// Also check that the log has this line, kept elsewhere: NUMBER:HASH
    #[arg(long, value_name = "NUMBER:HASH")]
    pub expect: Option<Head>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
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
        Command::Sentiment(Sentiment::Train(cmd)) => sentiment::train(settings, cmd).await,
        Command::Sentiment(Sentiment::Evaluate(cmd)) => sentiment::evaluate(settings, cmd).await,
        Command::Listening(Listening::Rebuild(cmd)) => listening::rebuild(settings, cmd).await,
        Command::Listening(Listening::Objection(cmd)) => listening::objection(settings, cmd).await,
        Command::Listening(Listening::Purge(cmd)) => listening::purge(settings, cmd).await,
        Command::Demo(cmd) => upkeep::demo(settings, cmd.stage).await,
        Command::User(User::Add(user)) => upkeep::add_user(settings, user).await,
        Command::Report(Report::Build(cmd)) => report::build(settings, cmd).await,
        Command::Person(Person::Export(cmd)) => person::export(settings, cmd).await,
        Command::Person(Person::Erase(cmd)) => person::erase(settings, cmd).await,
        Command::Person(Person::Erased) => person::erased(settings).await,
        Command::Backup(cmd) => backup::write(settings, cmd).await,
        Command::Restore(cmd) => backup::restore(settings, cmd).await,
        Command::Activity(Activity::Verify(cmd)) => upkeep::verify(settings, cmd).await,
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
    fn replacing_asks_for_a_yes() {
        assert!(Cli::try_parse_from(["weheard", "restore", "a.gz", "--replace"]).is_err());
        assert!(Cli::try_parse_from(["weheard", "restore", "a.gz", "--replace", "--yes"]).is_ok());
    }
}
