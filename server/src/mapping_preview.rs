//! What the first rows of a file become while a person says how it is read: a piece of the import's page, asked for by its island.

use app::access::page::PageContext;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ImportRunId;
use app::listening::import::mapping::preview::{PreviewRequest, read};
use app::listening::import::mapping::preview_view;
use app::ui::submission::Fields;
use axum::extract::{Extension, Path, Query};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::forms::import_answers::{mapping_answers, reading_options};
use crate::http;

/// GET /imports/{id}/preview
pub async fn preview(
    Extension(cx): Extension<PageContext>,
    Path(id): Path<ImportRunId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let preview = match asked(&Fields(query)) {
        Ok(asked) => read(&cx.db, &cx.actor, id, &cx.site.spool, asked).await,
        Err(error) => Err(error),
    };
    match preview {
        // What is wrong with the answers is shown in place of the rows.
        Ok(_) | Err(Error::Invalid(_) | Error::Conflict(_)) => {
            ([(header::CACHE_CONTROL, "private, no-store")], Html(preview_view::html(&preview))).into_response()
        }
        Err(error) => http::plain(&error),
    }
}

/// What the two forms of the page say.
fn asked(fields: &Fields) -> Result<PreviewRequest> {
    Ok(PreviewRequest { answers: mapping_answers(fields)?, reread: reading_options(fields)? })
}

#[cfg(test)]
mod tests {
    use app::listening::import::ImportField;

    use super::*;

    fn fields(stated: &[(&str, &str)]) -> Fields {
        let whole = [("kind", "mentions"), ("encoding", "UTF-8"), ("delimiter", "semicolon"), ("header", "1")];
        Fields(stated.iter().chain(&whole).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn both_forms_are_read_as_they_stand() {
        let stated = asked(&fields(&[("column-0", "at"), ("column-2", "text"), ("column-1", ""), ("day_first", "no")])).expect("read");
        assert_eq!(stated.answers.columns, [Some(ImportField::At), None, Some(ImportField::Text)]);
        assert_eq!((stated.answers.day_first, stated.reread.delimiter, stated.reread.header), (Some(false), ';', 1));
    }

    #[test]
    fn nonsense_is_named() {
        for field in [("column-0", "nonsense"), ("column-99999999", "text"), ("header", "first")] {
            let stated = asked(&Fields([vec![(field.0.to_owned(), field.1.to_owned())], fields(&[]).0].concat()));
            assert!(matches!(stated, Err(Error::Invalid(_))), "{field:?}");
        }
    }
}
