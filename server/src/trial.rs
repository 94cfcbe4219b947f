//! What the first rows of a file become while somebody says how it is read: a piece of the import's page, asked for by its island.

use app::error::{Error, Result};
use app::ids::ImportRunId;
use app::import::act::Reread;
use app::import::trial::{Asked, read};
use app::import::{Field, look};
use app::ui::Cx;
use app::ui::form::Fields;
use axum::extract::{Extension, Path, Query};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::forms::listen::delimiter;
use crate::render;

/// Columns beyond so many are nobody's form.
const COLUMNS_MOST: usize = 10_000;

/// GET /imports/{id}/look
pub async fn look(Extension(cx): Extension<Cx>, Path(id): Path<ImportRunId>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let trial = match asked(&Fields(query)) {
        Ok(asked) => read(&cx.db, &cx.actor, id, &cx.site.spool, asked).await,
        Err(error) => Err(error),
    };
    match trial {
        // What is wrong with what is being said stands where the rows would.
        Ok(_) | Err(Error::Invalid(_) | Error::Conflict(_)) => {
            ([(header::CACHE_CONTROL, "private, no-store")], Html(look::html(&trial))).into_response()
        }
        Err(error) => render::plain(&error),
    }
}

/// What the two forms of the page say.
fn asked(fields: &Fields) -> Result<Asked> {
    let mut columns: Vec<Option<Field>> = Vec::new();
    for (name, value) in &fields.0 {
        let Some(place) = name.strip_prefix("column-").and_then(|place| place.parse::<usize>().ok()) else { continue };
        if place >= COLUMNS_MOST {
            return Err(Error::field("columns", "No file has so many columns."));
        }
        if columns.len() <= place {
            columns.resize(place + 1, None);
        }
        columns[place] = if value.is_empty() { None } else { Some(fields.parse(name)?) };
    }
    let day_first = match fields.text("day_first") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let header = fields
        .text("header")
        .trim()
        .parse()
        .map_err(|_| Error::field("header", "The row of the column names is a whole number; 0 if there are no names."))?;
    let reread = Reread {
        kind: fields.parse("kind")?,
        encoding: fields.text("encoding").to_owned(),
        delimiter: delimiter(fields.text("delimiter"))?,
        header,
    };
    Ok(Asked { columns, day_first, time_zone: fields.text("time_zone").to_owned(), reread })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(said: &[(&str, &str)]) -> Fields {
        let whole = [("kind", "mentions"), ("encoding", "UTF-8"), ("delimiter", "semicolon"), ("header", "1")];
        Fields(said.iter().chain(&whole).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn both_forms_are_read_as_they_stand() {
        let said = asked(&fields(&[("column-0", "at"), ("column-2", "text"), ("column-1", ""), ("day_first", "no")])).expect("read");
        assert_eq!(said.columns, [Some(Field::At), None, Some(Field::Text)]);
        assert_eq!((said.day_first, said.reread.delimiter, said.reread.header), (Some(false), ';', 1));
    }

    #[test]
    fn nonsense_is_named() {
        for wrong in [("column-0", "nonsense"), ("column-99999999", "text"), ("header", "first")] {
            let said = asked(&Fields([vec![(wrong.0.to_owned(), wrong.1.to_owned())], fields(&[]).0].concat()));
            assert!(matches!(said, Err(Error::Invalid(_))), "{wrong:?}");
        }
    }
}
