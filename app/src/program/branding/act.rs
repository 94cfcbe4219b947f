//! Changing what guests see of the organisation.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Branding, BrandingFields, Logo, rules, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{IdAtRevision, ProgramId};
use crate::kernel::secret::hex;
use crate::program;

/// Changes colour, sender, signature and thanks, as somebody read them.
///
/// # Errors
/// `NotFound`; `Invalid`, with every mistake; `Conflict` when somebody saved in between.
pub async fn change(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<ProgramId>, fields: &BrandingFields) -> Result<()> {
    let before = as_read(tx, actor, seen).await?;
    let after = Branding { words: rules::check(fields)?, ..before.clone() };
    if !store::update(tx, &after).await? {
        return Err(changed_meanwhile());
    }
    audit(actor, now, "changed branding", ResourceType::Program, seen.id)
        .with(json!({ "before": before.words, "after": after.words }))
        .record(tx);
    Ok(())
}

/// Sets the logo, or replaces it.
///
/// # Errors
/// `NotFound`; `Conflict` when somebody saved in between.
pub async fn set_logo(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<ProgramId>, logo: &Logo) -> Result<()> {
    as_read(tx, actor, seen).await?;
    let hash = hex(&Sha256::digest(&logo.png));
    if !store::set_logo(tx, seen.id, seen.revision, Some((logo, &hash))).await? {
        return Err(changed_meanwhile());
    }
    let about = json!({ "hash": hash, "width": logo.width, "height": logo.height, "bytes": logo.png.len() });
    audit(actor, now, "set logo", ResourceType::Program, seen.id).with(about).record(tx);
    Ok(())
}

/// Removes the logo.
///
/// # Errors
/// `NotFound`, also where there is none; `Conflict` when somebody saved in between.
pub async fn remove_logo(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<ProgramId>) -> Result<()> {
    let before = as_read(tx, actor, seen).await?;
    let hash = before.logo.logo_hash.ok_or(Error::NotFound)?;
    if !store::set_logo(tx, seen.id, seen.revision, None).await? {
        return Err(changed_meanwhile());
    }
    audit(actor, now, "removed logo", ResourceType::Program, seen.id).with(json!({ "hash": hash })).record(tx);
    Ok(())
}

/// The branding, if the actor may change it and it is still at the revision that was read.
async fn as_read(tx: &mut Tx, actor: &Actor, seen: IdAtRevision<ProgramId>) -> Result<Branding> {
    actor.may(Permission::EditBranding)?;
    program::store::find(tx, seen.id).await?.ok_or(Error::NotFound)?;
    let branding = store::find(tx, seen.id).await?;
    if branding.revision == seen.revision { Ok(branding) } else { Err(changed_meanwhile()) }
}

fn changed_meanwhile() -> Error {
    Error::conflict("Someone else changed the branding while you were editing. Compare yours with theirs, then save again.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::account::Role;
    use crate::kernel::clock::now;
    use crate::kernel::ids::AccountId;
    use crate::testing::{each_db, fixture};

    fn logo() -> Logo {
        Logo { png: vec![0x89, b'P', b'N', b'G', 1, 2, 3], width: 200, height: 50 }
    }

    fn fields() -> BrandingFields {
        BrandingFields {
            accent: "0B5FFF".into(),
            sender: " Dell customer council ".into(),
            signature: "Ada Okafor\nHead of support".into(),
            thanks: "Thank you for your time.".into(),
        }
    }

    #[tokio::test]
    async fn branding_is_saved_once_for_each_revision_that_was_read() {
        each_db(|db| async move {
            let me = Actor::System("test");
            let mut tx = db.begin().await.expect("tx");
            let id = fixture::program(&mut tx, now()).await;
            assert_eq!(store::find(&mut tx, id).await.expect("read"), Branding::unset(id));
            let unset = IdAtRevision { id, revision: 0 };
            change(&mut tx, &me, now(), unset, &fields()).await.expect("saved");
            assert!(matches!(change(&mut tx, &me, now(), unset, &fields()).await, Err(Error::Conflict(_))));
            assert!(matches!(set_logo(&mut tx, &me, now(), unset, &logo()).await, Err(Error::Conflict(_))));
            let first = IdAtRevision { id, revision: 1 };
            set_logo(&mut tx, &me, now(), first, &logo()).await.expect("a logo");
            let saved = store::find(&mut tx, id).await.expect("read");
            assert_eq!((saved.words.accent.as_str(), saved.words.sender.as_str()), ("#0b5fff", "Dell customer council"));
            assert_eq!((saved.logo.logo_width, saved.logo.logo_height, saved.revision), (Some(200), Some(50), 2));
            let hash = saved.logo.logo_hash.expect("a hash");
            assert_eq!(store::find_logo(&mut tx, &hash).await.expect("read"), Some(logo().png));
            remove_logo(&mut tx, &me, now(), IdAtRevision { id, revision: 2 }).await.expect("removed");
            assert_eq!(store::find_logo(&mut tx, &hash).await.expect("read"), None);
            assert!(matches!(remove_logo(&mut tx, &me, now(), IdAtRevision { id, revision: 3 }).await, Err(Error::NotFound)));
            let saved = store::find(&mut tx, id).await.expect("read");
            assert_eq!((saved.words.thanks.as_str(), saved.logo.logo_hash), ("Thank you for your time.", None), "the words stay");
            tx.commit().await.expect("commit");
        })
        .await;
    }

    #[tokio::test]
    async fn a_logo_may_come_first_and_a_new_program_of_the_organisation_takes_both_over() {
        each_db(|db| async move {
            let me = Actor::System("test");
            let mut tx = db.begin().await.expect("tx");
            let id = fixture::program(&mut tx, now()).await;
            set_logo(&mut tx, &me, now(), IdAtRevision { id, revision: 0 }, &logo()).await.expect("a logo");
            change(&mut tx, &me, now(), IdAtRevision { id, revision: 1 }, &fields()).await.expect("saved");
            let first = store::find(&mut tx, id).await.expect("read");

            let second = fixture::program(&mut tx, now()).await;
            let taken = store::find(&mut tx, second).await.expect("read");
            assert_eq!((&taken.words, &taken.logo, taken.revision), (&first.words, &first.logo, 1));
            let other = program::Charter { organisation: "Tarnwick".into(), ..fixture::charter() };
            let other = program::act::create(&mut tx, &me, now(), other).await.expect("a program");
            assert_eq!(store::find(&mut tx, other).await.expect("read"), Branding::unset(other));
            remove_logo(&mut tx, &me, now(), IdAtRevision { id, revision: 2 }).await.expect("removed");
            let hash = taken.logo.logo_hash.expect("a hash");
            assert!(store::find_logo(&mut tx, &hash).await.expect("read").is_some(), "the second program still shows it");
            tx.commit().await.expect("commit");
        })
        .await;
    }

    #[tokio::test]
    async fn only_administrators_change_branding() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let id = fixture::program(&mut tx, now()).await;
            for role in Role::ALL {
                let actor = Actor::Account { id: AccountId::new(), role: *role, unit: None, name: "Vera".into() };
                let changed = change(&mut tx, &actor, now(), IdAtRevision { id, revision: 0 }, &BrandingFields::default()).await;
                match role {
                    Role::Administrator => assert!(changed.is_ok(), "{changed:?}"),
                    _ => assert!(matches!(changed, Err(Error::Forbidden)), "{role:?}"),
                }
            }
            let gone = IdAtRevision { id: ProgramId::new(), revision: 0 };
            assert!(matches!(change(&mut tx, &Actor::System("test"), now(), gone, &fields()).await, Err(Error::NotFound)));
            tx.commit().await.expect("commit");
        })
        .await;
    }
}
