//! Imports beside an opt-out and beside an undo.

use app::listening::import::import_file::{ImportOptions, import_file};

use super::*;

/// Rows of a listening export: three authors who take turns, each row with words of its own.
fn export(round: usize, rows: usize) -> String {
    let mut text = String::from("Datetime,Tweet Id,Text,Username,sentiment\n");
    for row in 0..rows {
        let who = ["kind_otter", "loud_heron", "plain_vole"][row % 3];
        text += &format!(
            "2022-09-{:02} 10:{:02}:00+00:00,{round}{:06},\"My laptop number {row} died again, I hate this support\",{who}{round},negative\n",
            1 + row % 28,
            row % 60,
            row
        );
    }
    text
}

/// A file that goes with the test.
struct File(std::path::PathBuf);

impl File {
    fn of(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("weheard-race-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, text).expect("a file");
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn who_opts_out_during_an_import_is_not_in_it() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let file = File::of(&export(round, 400));
            let handle = &format!("kind_otter{round}");
            let options = ImportOptions { program: Some(scene.program), ..ImportOptions::default() };
            at_once(
                Box::pin(import_file(&db, &SYSTEM, &file.0, options)),
                db.write(|tx, _| Box::pin(opt_out::act::opt_out(tx, &SYSTEM, scene.now, "x", handle))),
            )
            .await;
            let mut tx = db.read().await.expect("tx");
            let author = author::store::find_by_handle(&mut tx, scene.program, "x", handle).await.expect("read");
            let mentions = match &author {
                Some(author) => mention::store::list_newest(&mut tx, &[author.id], 10).await.expect("read").len(),
                None => 0,
            };
            assert_eq!(mentions, 0, "round {round}: nothing of who opted out is there");
        }
        let rebuilt = retention::act::rebuild(&db, &SYSTEM, scene.program).await.expect("counted anew");
        assert_eq!(rebuilt.mended, 0, "the counts were right");
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn an_import_beside_an_undo_keeps_what_it_brings() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        let spool = std::env::temp_dir();
        for round in 0..ROUNDS {
            let file = File::of(&export(round, 60));
            let options = || ImportOptions { program: Some(scene.program), ..ImportOptions::default() };
            Box::pin(import_file(&db, &SYSTEM, &file.0, options())).await.expect("imported");
            let run = fixture::newest_import(&mut db.read().await.expect("tx")).await.id;
            let undo = Box::pin(async {
                db.write(|tx, _| Box::pin(import::act::undo(tx, &SYSTEM, scene.now, run))).await?;
                while Box::pin(import::batch::work::work(&db, &spool)).await? {}
                Ok(())
            });
            at_once(undo, Box::pin(import_file(&db, &SYSTEM, &file.0, options()))).await;
            if round % 5 == 4 {
                let rebuilt = Box::pin(retention::act::rebuild(&db, &SYSTEM, scene.program)).await.expect("counted anew");
                assert_eq!(rebuilt.mended, 0, "round {round}: the counts were right");
            }
        }
        scene.end().await;
    })
    .await;
}
