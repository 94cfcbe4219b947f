//! The program that a listening page shows. Its links to the other pages of listening stay in it: with several programs, `kept_in` writes it
//! into each address on the finished page, so that no page has to think of it.

use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::*;

use super::{Program, store};
use crate::access::page::nav;
use crate::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ProgramId;
use crate::ui::form::carry;
use crate::ui::{Empty, Pick, query, tried};

/// The program that a page of listening shows: the one of the form that was refused, else the one named by `?program=`, else the newest.
/// Every form of the page carries it as the hidden field `program`: another one may be the newest by the time it is sent.
pub(crate) async fn program_shown(tx: &mut Tx) -> Result<Option<Program>> {
    let sent = tried().map(|tried| tried.fields.text("program").to_owned());
    let named = [sent, query("program")].into_iter().flatten().find_map(|id| id.parse::<ProgramId>().ok());
    let shown = match named {
        Some(id) => Some(store::find(tx, id).await?.ok_or(Error::NotFound)?),
        None => store::list(tx).await?.into_iter().next(),
    };
    if let Some(program) = &shown {
        carry("program", program.id.to_string());
        keep(store::list(tx).await?.len(), program.id);
    }
    Ok(shown)
}

/// What is above a page about one thing of listening: its program, in which the page's links stay, and the list that the thing is from.
///
/// # Errors
/// What the database says.
pub(crate) async fn crumbs(tx: &mut Tx, program: ProgramId, lists: &[(&str, &str)]) -> Result<Vec<(String, String)>> {
    let programs = store::list(tx).await?;
    keep(programs.len(), program);
    let name = programs.into_iter().find(|known| known.id == program).ok_or(Error::NotFound)?.charter.name;
    let lists = lists.iter().map(|(to, label)| ((*to).to_owned(), (*label).to_owned()));
    Ok(std::iter::once((format!("/programs/{program}"), name)).chain(lists).collect())
}

/// The program in which the links of a page stay, where there are several: given with the page's context, and known when the page is made.
#[derive(Clone, Debug, Default)]
pub struct ShownProgram(Arc<Mutex<Option<ProgramId>>>);

impl ShownProgram {
    #[must_use]
    pub fn get(&self) -> Option<ProgramId> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// With one program only, addresses stay short.
fn keep(programs: usize, program: ProgramId) {
    if let Some(shown) = use_context::<ShownProgram>().filter(|_| programs > 1) {
        *shown.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(program);
    }
}

/// A finished page whose links to the lists and charts of listening, and to their CSV, lead to this program. Links that name a program, and
/// those to one thing, are left as they are.
#[must_use]
pub fn kept_in(program: ProgramId, page: &str) -> String {
    const LINK: &str = "href=\"";
    let mut kept = String::with_capacity(page.len() + page.len() / 16);
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(LINK) {
        let (address, behind) = after.split_once('"').unwrap_or((after, ""));
        let (front, anchor) = address.split_once('#').map_or((address, None), |(front, anchor)| (front, Some(anchor)));
        let (path, query) = front.split_once('?').map_or((front, None), |(path, query)| (path, Some(query)));
        kept.push_str(before);
        kept.push_str(LINK);
        kept.push_str(front);
        if nav::is_of_listening(path.strip_suffix(".csv").unwrap_or(path)) && !names_program(query.unwrap_or_default()) {
            kept.push_str(match query {
                None => "?",
                Some("") => "",
                Some(_) => "&amp;",
            });
            kept.push_str(&format!("program={program}"));
        }
        if let Some(anchor) = anchor {
            kept.push('#');
            kept.push_str(anchor);
        }
        kept.push('"');
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

fn names_program(query: &str) -> bool {
    query.split('&').any(|part| part.trim_start_matches("amp;").starts_with("program="))
}

/// The filter of a list that shows all programs; none where there is one only. Its bar owns "program".
pub(crate) fn program_pick(programs: &[Program]) -> Option<impl IntoView + use<>> {
    let options: Vec<_> = programs.iter().map(|program| (program.id.to_string(), program.charter.name.clone())).collect();
    (options.len() > 1).then(|| view! { <Pick name="program" label="Program" options any="All programs"/> })
}

/// The program that something of such a list belongs to, where there are several to tell apart.
pub(crate) fn program_name(programs: &[Program], id: ProgramId) -> Option<String> {
    programs.iter().find(|program| program.id == id && programs.len() > 1).map(|program| program.charter.name.clone())
}

/// What a page of listening shows where there is none.
pub(crate) fn no_program() -> impl IntoView {
    view! { <Empty title="No program yet" text="Mentions, panel days and reports belong to a program."><a class="btn btn-1" href="/programs">"Create program"</a></Empty> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_other_pages_of_listening_stay_in_the_program() {
        let program: ProgramId = "0198c5a0-0000-7000-8000-000000000001".parse().expect("an id");
        let kept = |link: &str| {
            let page = kept_in(program, &format!("<nav class=\"sub\"><a href=\"{link}\" aria-current=\"page\">Authors</a></nav>"));
            let (_, link) = page.split_once("href=\"").expect("the link");
            assert!(page.ends_with("\" aria-current=\"page\">Authors</a></nav>"), "{page}");
            link.split('"').next().unwrap_or_default().replace(&program.to_string(), "P")
        };
        let stays = [
            ("/authors", "/authors?program=P"),
            ("/authors?segment=ranter", "/authors?segment=ranter&amp;program=P"),
            ("/mentions?author=1&amp;since=2010-03-01", "/mentions?author=1&amp;since=2010-03-01&amp;program=P"),
            ("/listen/excluded#rules", "/listen/excluded?program=P#rules"),
            ("/imports#new", "/imports?program=P#new"),
            ("/authors.csv?kind=all", "/authors.csv?kind=all&amp;program=P"),
        ];
        for (link, wanted) in stays {
            assert_eq!(kept(link), wanted);
        }
        // What names its program, what is about one thing, and what is no page of listening.
        let other =
            ["/authors?program=Q&amp;page=2", "/authors/1", "/heard", "/days?new=1", "https://example.org/authors", "?page=2", "#main"];
        for link in other {
            assert_eq!(kept(link), link);
        }
    }
}
