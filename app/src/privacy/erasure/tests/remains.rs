//! What is left after an erasure: nothing in a restored backup, in an import, or in the log of the database.

use super::*;

async fn back_up(db: &Db) -> Vec<u8> {
    let mut bytes = Vec::new();
    backup::write(&mut db.read().await.expect("tx"), now(), &WIRING.tables(), &mut bytes).await.expect("written");
    bytes
}

#[tokio::test]
async fn who_opted_out_or_was_erased_stays_out_after_a_restore_and_an_import() {
    each_db(|db| async move {
        let export = "Datetime,Tweet Id,Text,Username\n\
            2022-03-01 10:00:00+00:00,1,My laptop died again,zoe_k\n\
            2022-03-02 10:00:00+00:00,2,I love the new screen,max_o\n\
            2022-03-03 10:00:00+00:00,3,Loud fans all day long,ann_b\n\
            2022-03-03 10:00:00+00:00,4,Support never calls back,tim_w\n";
        fixture::import(
            &db,
            "Datetime,Tweet Id,Text,Username\n2022-03-01 10:00:00+00:00,1,My laptop died again,zoe_k\n",
            ImportOptions::default(),
        )
        .await;
        let out = async |handle: &str| {
            let at = now();
            db.write(|tx, _| Box::pin(opt_out::act::opt_out(tx, &SYSTEM, at, "x", handle))).await.expect("an opt-out");
        };
        out("ann_b").await;
        let old = back_up(&db).await;
        // Since then: one who was there, one who was unknown, and one who came and was erased.
        out("zoe_k").await;
        out("tim_w").await;
        fixture::import(
            &db,
            "Datetime,Tweet Id,Text,Username\n2022-03-02 10:00:00+00:00,2,I love the new screen,max_o\n",
            ImportOptions::default(),
        )
        .await;
        let mut tx = db.begin().await.expect("tx");
        let max = find(&mut tx, "max_o").await.expect("max");
        erase(&mut tx, &SYSTEM, now(), &max).await.expect("erased");
        tx.commit().await.expect("commit");

        // Elsewhere there is only what `person erased` printed.
        let printed: Vec<String> = KeptOut::of(&mut db.read().await.expect("tx")).await.expect("gone").lines().collect();
        let path = std::env::temp_dir().join(format!("weheard-restored-{}.db", Uuid::new_v4()));
        let other = Db::open(&format!("sqlite:{}", path.display()), db.secret().clone(), &WIRING).await.expect("another database");
        let mut gone = KeptOut::default();
        assert!(printed.iter().all(|line| gone.add_line(line)), "{printed:?}");
        assert!(!gone.clone().add_line("author zoe_k"));
        for (db, gone) in [(&db, KeptOut::default()), (&other, gone)] {
            let mut tx = db.begin().await.expect("tx");
            let (_, erased) = restore(&mut tx, &SYSTEM, now(), gone, false, old.as_slice()).await.expect("restored");
            tx.commit().await.expect("commit");
            assert_eq!(erased.parts, 1, "zoe, who came back with the backup");
            let (_, counts) = fixture::import(db, export, ImportOptions::default()).await;
            assert_eq!(counts.created, 0, "{counts:?}");
            let mut tx = db.read().await.expect("tx");
            let remembered = KeptOut::of(&mut tx).await.expect("gone");
            assert_eq!((remembered.erased.len(), remembered.opted_out.len()), (2, 4), "{remembered:?}");
            assert!(verify(&mut tx, &[]).await.expect("verified").is_whole());
        }
        other.close().await;
        std::fs::remove_file(path).expect("removed");
    })
    .await;
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left_in_the_log_of_the_database() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("weheard-wal-{}", Uuid::new_v4()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("a.db");
    let db = Db::open(&format!("sqlite:{}", file.display()), crate::kernel::secret::Secret::random(), &WIRING).await?;
    fixture::import(
        &db,
        "Datetime,Tweet Id,Text,Username\n2022-03-01 10:00:00+00:00,1,Unmistakable words,zoe_unmistakable\n",
        ImportOptions::default(),
    )
    .await;
    let person = find(&mut db.read().await?, "zoe_unmistakable").await?;
    erase_in_steps(&db, &folder, &SYSTEM, now(), &person).await?;
    for end in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{end}", file.display())).expect("a file");
        assert!(!bytes.windows(12).any(|part| part.eq_ignore_ascii_case(b"unmistakable")), "{end}");
    }
    db.close().await;
    std::fs::remove_dir_all(folder).expect("removed");
    Ok(())
}

#[tokio::test]
async fn nominations_of_an_erased_person_are_erased_with_them() {
    each_db(|db| async move {
        let (wanda, guest) = (Uuid::now_v7(), Uuid::now_v7());
        fill(&db, wanda).await;
        fill_guests(&db, wanda, guest).await;
        let mut tx = db.begin().await.expect("tx");
        let person = find(&mut tx, "Gus Guestman").await.expect("found");
        erase(&mut tx, &SYSTEM, now(), &person).await.expect("erased");
        assert!(nomination::store::find(&mut tx, crate::kernel::ids::NominationId(guest)).await.expect("read").is_none());
    })
    .await;
}
