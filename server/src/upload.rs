//! Uploads: the actor is looked at before the body is read; the file goes to disk as it comes, never into memory.

use std::path::{Path, PathBuf};

use app::access::page::PageContext;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{ImportRunId, ProgramId};
use app::listening::import::{self, intake::unsaved};
use app::program;
use app::ui::submission::Fields;
use axum::extract::multipart::Field;
use axum::extract::{Extension, Multipart, Query, State};
use axum::http::Uri;
use axum::response::Response;
use tokio::io::AsyncWriteExt;

use crate::{AppState, http, render};

/// A file beyond the limit is read on to this many times the limit and thrown away, so that the browser gets to see the
/// message; beyond that the connection is closed.
const MAX_OVERSHOOT: u64 = 4;

/// Which program the file is for.
#[derive(Debug, serde::Deserialize)]
pub struct UploadQuery {
    program: Option<ProgramId>,
}

/// POST /imports
pub async fn import(
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    Query(asked): Query<UploadQuery>,
    uri: Uri,
    parts: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let outcome = match parts {
        Ok(parts) => receive(&cx, asked.program, parts).await,
        Err(_) => Err(Error::field("file", "No file was uploaded. Choose a file and try again.")),
    };
    match outcome {
        Ok(run) => http::see_other(&format!("/imports/{run}"), Some("File uploaded. Check the column mapping, then start the import.")),
        Err(error) => render::refused(app, cx, uri, Fields(vec![("act".into(), "upload".into())]), error).await,
    }
}

async fn receive(cx: &PageContext, program: Option<ProgramId>, mut parts: Multipart) -> Result<ImportRunId> {
    let mut tx = cx.db.read().await?;
    let unsaid = || Error::field("program", "The form does not say which program the file is for. Reload the page and try again.");
    let program = program::store::find(&mut tx, program.ok_or_else(unsaid)?).await?.ok_or(Error::NotFound)?;
    drop(tx);
    tokio::fs::create_dir_all(&cx.site.spool).await.map_err(|error| unsaved(&error))?;
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            break;
        }
        let path = cx.site.spool.join(format!("upload-{}", ImportRunId::new()));
        spool(part, &path, cx.site.upload_limit).await?;
        return import::intake::receive(&cx.db, &cx.actor, program.id, &name, &path, &cx.site.spool).await;
    }
    Err(Error::field("file", "Choose a file."))
}

/// Deletes a half-written upload when it is not kept, also when the browser goes away in the middle of it.
struct Half<'p>(Option<&'p Path>);

impl Drop for Half<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

async fn spool(mut part: Field<'_>, path: &PathBuf, limit: u64) -> Result<()> {
    let mut half = Half(Some(path));
    let mut file = tokio::fs::File::create(path).await.map_err(|error| unsaved(&error))?;
    let mut bytes = 0_u64;
    while let Some(chunk) = part.chunk().await.map_err(|_| broken())? {
        bytes += chunk.len() as u64;
        if bytes > limit.saturating_mul(MAX_OVERSHOOT) {
            break;
        }
        if bytes <= limit {
            file.write_all(&chunk).await.map_err(|error| unsaved(&error))?;
        }
    }
    if bytes > limit {
        let megabytes = limit / 1_000_000;
        return Err(Error::field(
            "file",
            format!(
                "This file is larger than the limit of {megabytes} MB. Export a shorter period, or run `weheard import` on the server."
            ),
        ));
    }
    file.flush().await.map_err(|error| unsaved(&error))?;
    half.0 = None;
    Ok(())
}

fn broken() -> Error {
    Error::field("file", "The upload was interrupted. Try again.")
}
