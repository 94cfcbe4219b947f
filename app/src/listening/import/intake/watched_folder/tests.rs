//! Files in the watched folder: taken once, whole, and never overwritten.

use super::*;
use crate::listening::import::{ImportState, store};
use crate::testing::{each_db, fixture};

const FILE: &str = "Date,Author,Text,Url\n2022-09-01,zoe,It died again and I hate it,https://x.com/zoe/status/1\n";

#[test]
fn a_programs_folder_is_inside() {
    assert_eq!(folder_of("CAP Days 2022").as_deref(), Some("CAP Days 2022"));
    assert_eq!(folder_of("North/South").as_deref(), Some("North-South"));
    for elsewhere in ["..", ".", ".hidden", "../x", "refused"] {
        assert_eq!(folder_of(elsewhere), None, "{elsewhere}");
    }
}

/// A watched folder and a spool, with a program to import into.
struct Place {
    folder: PathBuf,
    spool: PathBuf,
    meant: IntendedFor,
}

impl Place {
    async fn with_program(db: &Db) -> Self {
        let root = std::env::temp_dir().join(format!("weheard-watched-{}", uuid::Uuid::new_v4()));
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        tx.commit().await.expect("commit");
        let place = Self { folder: root.join("watched"), spool: root.join("spool"), meant: IntendedFor { program, by_folder: false } };
        fs::create_dir_all(&place.folder).expect("a folder");
        fs::create_dir_all(&place.spool).expect("a spool");
        place
    }

    /// Puts a file there that nobody has written to for a while.
    fn put(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::write(&path, text).expect("written");
        age(&path, Duration::from_secs(60));
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.folder.parent().unwrap_or(&self.folder));
    }
}

fn age(path: &Path, by: Duration) {
    File::options().write(true).open(path).expect("open").set_modified(SystemTime::now() - by).expect("aged");
}

async fn names_of_runs(db: &Db) -> Vec<(String, ImportState)> {
    let mut tx = db.read().await.expect("tx");
    let program = program::store::list(&mut tx).await.expect("programs")[0].id;
    let runs = store::list(&mut tx, program, "", None, 99, 0).await.expect("runs");
    let mut names: Vec<_> = runs.into_iter().map(|run| (run.file_name, run.state)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_that_is_replaced_while_it_is_taken_is_taken_too() {
    each_db(|db| async move {
        let place = Place::with_program(&db).await;
        place.put("latest.csv", FILE);
        take_all(&place.folder, &place.spool, place.meant).expect("taken");
        // A tool puts the next one there before the first is imported, as it may at any time.
        place.put("latest.csv", &FILE.replace("status/1", "status/2"));
        assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 2);
        assert_eq!(
            names_of_runs(&db).await,
            [("latest.csv".to_owned(), ImportState::Queued), ("latest.csv".to_owned(), ImportState::Queued)]
        );
        assert!(place.names("").is_empty());
        assert!(folders_in(&place.spool, TAKEN).is_empty());
        assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 0);
    })
    .await;
}

#[tokio::test]
async fn two_processes_never_take_the_same_file() {
    each_db(|db| async move {
        let place = Place::with_program(&db).await;
        for number in 0..12 {
            place.put(&format!("{number}.csv"), &FILE.replace("status/1", &format!("status/{number}")));
        }
        let looks: Vec<_> = (0..4)
            .map(|_| {
                let (db, folder, spool) = (db.clone(), place.folder.clone(), place.spool.clone());
                tokio::spawn(async move { take(&db, &folder, &spool).await.expect("looked") })
            })
            .collect();
        let mut taken = 0;
        for look in looks {
            taken += look.await.expect("ended");
        }
        taken += take(&db, &place.folder, &place.spool).await.expect("looked");
        assert_eq!((taken, names_of_runs(&db).await.len()), (12, 12));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_somebody_still_writes_to_is_imported_once_it_is_whole() {
    each_db(|db| async move {
        let place = Place::with_program(&db).await;
        place.put("latest.csv", FILE);
        // The writer has it open: what it writes goes on into the file that was taken.
        let mut writer = File::options().append(true).open(place.folder.join("latest.csv")).expect("open");
        take_all(&place.folder, &place.spool, place.meant).expect("taken");
        io::Write::write_all(&mut writer, b"2022-09-02,max,I love the new screen,https://x.com/max/status/2\n").expect("written");
        drop(writer);
        assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 0, "it was written to just now");
        let own = folders_in(&place.spool, TAKEN).pop().expect("it waits");
        age(&only_file(&own).expect("the file"), Duration::from_secs(60));
        assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 1);
        let mut tx = db.read().await.expect("tx");
        assert_eq!(fixture::newest_import(&mut tx).await.mapping.total, Some(2));
    })
    .await;
}

#[tokio::test]
async fn what_was_refused_is_never_overwritten_and_goes_after_its_days() {
    each_db(|db| async move {
        let place = Place::with_program(&db).await;
        for text in ["first", "second", "third"] {
            place.put("latest.csv", text);
            assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 0);
        }
        let kept = place.names(REFUSED);
        assert_eq!(
            kept,
            ["latest (2).csv", "latest (2).csv.why.txt", "latest (3).csv", "latest (3).csv.why.txt", "latest.csv", "latest.csv.why.txt"]
        );
        assert_eq!(fs::read_to_string(place.folder.join("refused/latest (2).csv")).expect("read"), "second");
        assert!(fs::read_to_string(place.folder.join("refused/latest.csv.why.txt")).expect("read").contains("columns"));
        let days = program::store::list(&mut db.read().await.expect("tx")).await.expect("one")[0].charter.source_row_days;
        for old in ["latest.csv", "latest.csv.why.txt"] {
            age(&place.folder.join(REFUSED).join(old), Duration::from_secs(u64::try_from(days + 1).expect("days") * 86_400));
        }
        take(&db, &place.folder, &place.spool).await.expect("looked");
        assert_eq!(place.names(REFUSED), kept[..4]);
    })
    .await;
}

#[test]
fn a_file_on_another_disk_is_carried_over_whole() {
    let root = std::env::temp_dir().join(format!("weheard-carried-{}", uuid::Uuid::new_v4()));
    let (folder, spool, meant) = (root.join("watched"), root.join("spool"), IntendedFor { program: ProgramId::new(), by_folder: true });
    let here = folder.join(meant.folder(TAKEN_HERE));
    fs::create_dir_all(&here).expect("a folder");
    fs::create_dir_all(&spool).expect("a spool");
    fs::write(here.join("latest.csv"), FILE).expect("written");
    take_all(&folder, &spool, meant).expect("carried");
    let own = folders_in(&spool, TAKEN).pop().expect("it is there");
    assert_eq!(fs::read_to_string(only_file(&own).expect("a file")).expect("read"), FILE);
    assert!(!here.exists());
    let _ = fs::remove_dir_all(root);
}
