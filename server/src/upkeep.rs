//! Small commands: `migrate`, `demo`, `user add`, `user link`, `new-key`, `audit verify`.

use app::access::account::act::{self, Profile};
use app::access::account::{Actor, Role};
use app::access::audit::verification;
use app::access::link::{self, Purpose};
use app::db::audit_log::AuditHead;
use app::db::verify;
use app::follow_up::report;
use app::front::demo::{self, DemoStage};
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};
use clap::Args;
use serde_json::json;

use crate::settings::Settings;
use crate::{open, out};

/// `weheard demo`.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Stage of the demo: recruiting, scheduled, held, reported
    #[arg(long, default_value = "reported")]
    pub stage: DemoStage,
}

/// `new-key`.
#[derive(Args, Debug)]
pub struct NewKeyArgs {
    /// Confirm that the old key is lost
    #[arg(long, required = true)]
    pub yes: bool,
}

/// `user add`.
#[derive(Args, Debug)]
pub struct NewUser {
    /// Email address
    pub email: String,
    /// Full name
    #[arg(long)]
    pub name: String,
    /// administrator, staff, moderator, responder or viewer
    #[arg(long)]
    pub role: Role,
    /// Business unit, for responders
    #[arg(long, default_value = "")]
    pub unit: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `user link`.
#[derive(Args, Debug)]
pub struct UserLink {
    /// Email address of the account
    pub email: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `audit verify`.
#[derive(Args, Debug)]
pub struct AuditVerify {
    /// Also check that the log contains this entry from an earlier run
    #[arg(long, value_name = "NUMBER:HASH")]
    pub expect: Option<AuditHead>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The actor of the command line, which may do everything.
pub const OPERATOR: Actor = Actor::System("command line");

/// `weheard migrate`.
pub async fn migrate(settings: &Settings) -> Result<()> {
    let db = open::database(settings).await?;
    db.check().await?;
    db.close().await;
    out::line("The database is up to date.");
    Ok(())
}

/// `weheard new-key`.
pub async fn new_key(settings: &Settings) -> Result<()> {
    let db = open::with_lost_key(settings).await?;
    db.close().await;
    out::line(format!("Key file created: {}. Copy it to where your backups are.", settings.secret_file.display()));
    out::line(format!("These can no longer be used: {}.", crate::key::DEPENDS_ON_IT));
    Ok(())
}

/// `weheard demo`.
pub async fn demo(settings: &Settings, stage: DemoStage) -> Result<()> {
    let db = open::database(settings).await?;
    demo::make(&db, stage, now()).await?;
    db.close().await;
    out::line(format!("Demo created, stage “{}”. Open it with `weheard serve`.", stage.label().to_lowercase()));
    Ok(())
}

/// `weheard user add`.
pub async fn add_user(settings: &Settings, cmd: NewUser) -> Result<()> {
    let db = open::database(settings).await?;
    let mut tx = db.begin().await?;
    let profile = Profile { email: cmd.email, name: cmd.name, role: cmd.role, unit: cmd.unit };
    let account = act::add(&mut tx, &OPERATOR, now(), profile).await?;
    let link = link::act::create(&mut tx, now(), Purpose::SignIn, account.id.0).await?;
    let address = format!("{}{}", settings.base_url, link::act::path(tx.secret(), &link));
    tx.commit().await?;
    db.close().await;
    if cmd.json {
        out::json(&json!({"id": account.id, "email": account.email, "role": account.role, "unit": account.unit, "sign_in": address}));
    } else {
        out::line(format!("Added {}. Start `weheard serve`, then sign in within 20 minutes at\n  {address}", account.name));
    }
    Ok(())
}

/// `weheard user link`.
pub async fn make_user_link(settings: &Settings, cmd: UserLink) -> Result<()> {
    let db = open::database(settings).await?;
    let email = &cmd.email;
    let (account, path, until) = db
        .write(|tx, _| {
            Box::pin(async move {
                let (account, link) = act::make_link(tx, &OPERATOR, now(), email).await?;
                Ok((account, link::act::path(tx.secret(), &link), link.expires_at))
            })
        })
        .await?;
    db.close().await;
    let address = format!("{}{path}", settings.base_url);
    if cmd.json {
        out::json(&json!({"id": account.id, "email": account.email, "sign_in": address, "expires_at": until}));
    } else {
        let minutes = link::rules::lasts(Purpose::SignIn).num_minutes();
        out::line(format!("This link signs {} in once and expires after {minutes} minutes. Do not share it.\n  {address}", account.name));
    }
    Ok(())
}

/// `weheard audit verify`.
pub async fn verify(settings: &Settings, cmd: AuditVerify) -> Result<()> {
    let db = open::database(settings).await?;
    let mut snapshot = db.snapshot().await?;
    let mut expected = report::store::list_audit_heads(&mut snapshot).await?;
    expected.extend(cmd.expect);
    let verified = verify::verify(&mut snapshot, &expected).await?;
    drop(snapshot);
    let noted = &verified;
    db.write(|tx, _| Box::pin(verification::note(tx, &OPERATOR, now(), noted))).await?;
    db.close().await;
    if cmd.json {
        out::json(&verified);
    } else if verified.is_whole() {
        out::line(format!(
            "The audit log is intact: {} entries verified, {} erased with their person. {} notes, answers, reports and panelists’ answers are unchanged.",
            verified.intact, verified.erased, verified.rows
        ));
        if verified.unkeyed > 0 {
            out::line(format!("{} entries are older than this server’s key. Only their order is verified.", verified.unkeyed));
        }
        out::line(format!("Last entry: {}. Store it elsewhere, and check it later with --expect.", verified.head));
    }
    if verified.is_whole() {
        return Ok(());
    }
    let mut named: Vec<String> = verified.problems.iter().map(ToString::to_string).collect();
    if verified.found > named.len() {
        named.push(format!("And {} more.", verified.found - named.len()));
    }
    Err(Error::conflict(format!("The audit log is not intact: data was changed outside Weheard, or is damaged.\n{}", named.join("\n"))))
}
