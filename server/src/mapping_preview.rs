//! What the first rows of a file become while somebody says how it is read: a piece of the import's page, asked for by its island.

use app::access::page::PageContext;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ImportRunId;
use app::listening::import::act::MappingAnswers;
use app::listening::import::mapping::columns::ReadingOptions;
use app::listening::import::mapping::preview::{PreviewRequest, read};
use app::listening::import::mapping::preview_view as mapping_preview_view;
use app::ui::submission::Fields;
use axum::extract::{Extension, Path, Query};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::forms::listen::{delimiter, mapping_answers};
use crate::http;

/// GET /imports/{id}/preview
pub async fn look(
    Extension(cx): Extension<PageContext>,
    Path(id): Path<ImportRunId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let trial = match asked(&Fields(query)) {
        Ok(asked) => read(&cx.db, &cx.actor, id, &cx.site.spool, asked).await,
        Err(error) => Err(error),
    };
    match trial {
        // What is wrong with what is being said stands where the rows would.
        Ok(_) | Err(Error::Invalid(_) | Error::Conflict(_)) => {
            ([(header::CACHE_CONTROL, "private, no-store")], Html(mapping_preview_view::html(&trial))).into_response()
        }
        Err(error) => http::plain(&error),
    }
}

/// What the two forms of the page say.
fn asked(fields: &Fields) -> Result<PreviewRequest> {
    let MappingAnswers { columns, day_first, time_zone } = mapping_answers(fields)?;
    let header = fields
        .text("header")
        .trim()
        .parse()
        .map_err(|_| Error::field("header", "The row of the column names is a whole number; 0 if there are no names."))?;
    let reread = ReadingOptions {
        kind: fields.parse("kind")?,
        encoding: fields.text("encoding").to_owned(),
        delimiter: delimiter(fields.text("delimiter"))?,
        header,
    };
    Ok(PreviewRequest { columns, day_first, time_zone, reread })
}

#[cfg(test)]
mod tests {
    use app::listening::import::ImportField;

    use super::*;

    fn fields(said: &[(&str, &str)]) -> Fields {
        let whole = [("kind", "mentions"), ("encoding", "UTF-8"), ("delimiter", "semicolon"), ("header", "1")];
        Fields(said.iter().chain(&whole).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn both_forms_are_read_as_they_stand() {
        let said = asked(&fields(&[("column-0", "at"), ("column-2", "text"), ("column-1", ""), ("day_first", "no")])).expect("read");
        assert_eq!(said.columns, [Some(ImportField::At), None, Some(ImportField::Text)]);
        assert_eq!((said.day_first, said.reread.delimiter, said.reread.header), (Some(false), ';', 1));
    }

    #[test]
    fn nonsense_is_named() {
        for errors in [("column-0", "nonsense"), ("column-99999999", "text"), ("header", "first")] {
            let said = asked(&Fields([vec![(errors.0.to_owned(), errors.1.to_owned())], fields(&[]).0].concat()));
            assert!(matches!(said, Err(Error::Invalid(_))), "{errors:?}");
        }
    }
}
