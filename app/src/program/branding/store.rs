//! The table `branding`.

use super::{Branding, Logo};
use crate::db::{Table, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;

/// The tables written here. Sender and signature name an office, as a charter does.
pub const TABLES: &[Table] = &[Table::plain(
    "branding",
    &["program_id", "accent", "sender", "signature", "thanks", "logo", "logo_hash", "logo_width", "logo_height", "revision"],
)];

/// A program's branding; `Branding::unset` where there is none.
pub async fn find(tx: &mut Tx, program: ProgramId) -> Result<Branding> {
    let found = tx
        .find(
            "SELECT program_id, accent, sender, signature, thanks, logo_hash, logo_width, logo_height, revision FROM branding WHERE program_id = $1",
            &[program.into()],
        )
        .await?;
    Ok(found.unwrap_or_else(|| Branding::unset(program)))
}

/// Saves the fields over the revision that `branding.revision` names, and raises it. False if somebody saved in between.
pub async fn update(tx: &mut Tx, branding: &Branding) -> Result<bool> {
    let words = &branding.words;
    let mut values =
        vec![branding.program_id.into(), (&words.accent).into(), (&words.sender).into(), (&words.signature).into(), (&words.thanks).into()];
    let changed = if branding.revision == 0 {
        const ADD: &str = "INSERT INTO branding (program_id, accent, sender, signature, thanks) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (program_id) DO NOTHING";
        tx.run(ADD, &values).await?
    } else {
        const CHANGE: &str = "UPDATE branding SET accent = $2, sender = $3, signature = $4, thanks = $5, revision = revision + 1
            WHERE program_id = $1 AND revision = $6";
        values.push(branding.revision.into());
        tx.run(CHANGE, &values).await?
    };
    Ok(changed == 1)
}

/// Saves a logo, or none, over the revision that was read, and raises it. False if somebody saved in between.
pub async fn set_logo(tx: &mut Tx, program: ProgramId, revision: i64, logo: Option<(&Logo, &str)>) -> Result<bool> {
    if revision == 0 {
        tx.run("INSERT INTO branding (program_id, revision) VALUES ($1, 0) ON CONFLICT (program_id) DO NOTHING", &[program.into()]).await?;
    }
    const CHANGE: &str = "UPDATE branding SET logo = $3, logo_hash = $4, logo_width = $5, logo_height = $6, revision = revision + 1
        WHERE program_id = $1 AND revision = $2";
    let (picture, hash) = (logo.map(|(logo, _)| logo.png.as_slice()), logo.map(|(_, hash)| hash));
    let (width, height) = (logo.map(|(logo, _)| i64::from(logo.width)), logo.map(|(logo, _)| i64::from(logo.height)));
    let values = [program.into(), revision.into(), picture.into(), hash.into(), width.into(), height.into()];
    Ok(tx.run(CHANGE, &values).await? == 1)
}

/// The PNG file of a logo, by its hash.
pub async fn find_logo(tx: &mut Tx, hash: &str) -> Result<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> = tx.find_value("SELECT logo FROM branding WHERE logo_hash = $1", &[hash.into()]).await?;
    Ok(found.flatten())
}

/// Gives a new program the branding of the newest other program of its organisation, if that has one.
pub async fn inherit(tx: &mut Tx, program: ProgramId) -> Result<()> {
    const COPY: &str = "INSERT INTO branding (program_id, accent, sender, signature, thanks, logo, logo_hash, logo_width, logo_height)
        SELECT n.id, b.accent, b.sender, b.signature, b.thanks, b.logo, b.logo_hash, b.logo_width, b.logo_height
        FROM program n JOIN program p ON p.organisation = n.organisation AND p.id <> n.id JOIN branding b ON b.program_id = p.id
        WHERE n.id = $1 ORDER BY p.created_at DESC, p.id DESC LIMIT 1";
    tx.run(COPY, &[program.into()]).await?;
    Ok(())
}
