//! Who makes a request: cookies, sign-in and sign-out, personal links.
//!
//! An account and a personal link have different cookies, so that a member of staff who looks at a panelist's
//! link stays signed in, and a panelist's page never runs with staff rights.

use app::access::account::act::Browser;
use app::access::account::{self, Actor};
use app::access::link::{self, Purpose};
use app::access::page::{Host, PageContext, Site};
use app::casework::nomination;
use app::db::Db;
use app::follow_up::report;
use app::front::guest;
use app::kernel::address::local;
use app::kernel::clock::{self, Time};
use app::kernel::error::{Error, Result};
use app::kernel::ids::SignedInDeviceId;
use app::kernel::locale::Locale;
use app::kernel::secret::random_token;
use app::recruiting::invitation;
use app::t;
use app::ui::submission::Fields;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::cookies::{self, Cookies, FLASH, INVITATION, ITEM, MARK, NOMINATE, PORTAL, SIGNED_IN, VISITS};
use crate::http::{self, FlashMessage, FormBody, see_other};
use crate::{AppState, render};

/// The pages that a visit by a personal link opens, each with its cookie.
const VISIT_COOKIES: &[(&str, &str)] = &[("/portal", PORTAL), ("/invitation", INVITATION), ("/item", ITEM), ("/nominate", NOMINATE)];
/// How long a message waits for its page, in seconds.
const FLASH_SECONDS: i64 = 60;
/// How long the mark of a link's page stays, in seconds: longer than a sign-in link opens.
const MARK_SECONDS: i64 = 3600;

/// Identifies the actor before any handler runs, and sets the response's cookies.
pub async fn recognise(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let now = clock::now();
    let cookies = Cookies::of(&app.site);
    let path = request.uri().path();
    let cookie_name = VISIT_COOKIES.iter().find(|(prefix, _)| is_under(path, prefix)).map_or(SIGNED_IN, |(_, cookie)| cookie);
    let marks = request.method() == Method::GET && is_under(path, "/l") && cookies.read(request.headers(), MARK).is_none();
    let actor = match cookies.read(request.headers(), cookie_name) {
        Some(token) => match actor_behind(&app, &token).await {
            Ok(actor) => actor,
            Err(error) => return http::plain(&error),
        },
        None => Actor::Nobody,
    };
    let headers = request.headers().clone();
    let flash = cookies.read(&headers, FLASH).map(|text| cookies::decode(&text)).filter(|text| !text.is_empty());
    // A page without the organisation is better than none.
    let host = match guest::is_theirs(&actor, path) {
        true => host(&app, &actor, path).await.unwrap_or_default(),
        false => None,
    };
    let (db, site) = (app.db.clone(), app.site.clone());
    request.extensions_mut().insert(PageContext { db, actor, now, site, flash, locale: Locale::default(), host });
    let mut response = next.run(request).await;
    if let Some(FlashMessage(text)) = response.extensions_mut().remove::<FlashMessage>() {
        cookies.set(&mut response, FLASH, &cookies::encode(&text), FLASH_SECONDS);
    }
    if marks {
        cookies.set(&mut response, MARK, &random_token(), MARK_SECONDS);
    }
    cookies.clear_old(&headers, &mut response);
    response
}

async fn host(app: &AppState, actor: &Actor, path: &str) -> Result<Option<Host>> {
    guest::host(&mut app.db.read().await?, actor, path).await
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn actor_behind(app: &AppState, token: &str) -> Result<Actor> {
    let now = clock::now();
    let (actor, unrecorded) = account::act::recognise(&mut app.db.read().await?, now, token).await?;
    if let Some(device) = unrecorded {
        // The page does not wait for it.
        let db = app.db.clone();
        tokio::spawn(async move {
            if let Err(error) = record_use(&db, now, device).await {
                tracing::warn!(%error, "the use of a signed-in device was not recorded");
            }
        });
    }
    Ok(actor)
}

async fn record_use(db: &Db, now: Time, device: SignedInDeviceId) -> Result<()> {
    db.write(|tx, _| Box::pin(account::act::used(tx, now, device))).await
}

/// The actor of a request that is still open: `Nobody` after signing out.
pub(crate) async fn current_actor(app: &AppState, headers: &HeaderMap) -> Result<Actor> {
    match Cookies::of(&app.site).read(headers, SIGNED_IN) {
        Some(token) => actor_behind(app, &token).await,
        None => Ok(Actor::Nobody),
    }
}

/// POST /sign-in: a link by email, or a password.
pub async fn sign_in(
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    uri: Uri,
    headers: HeaderMap,
    FormBody(fields): FormBody,
) -> Response {
    let outcome = match fields.text("act") {
        "link" => ask_for_link(&app, &fields).await,
        "password" => by_password(&app, &headers, &fields).await,
        _ => Err(Error::NotFound),
    };
    match outcome {
        Ok(response) => response,
        Err(error) => render::refused(app, cx, uri, fields, error).await,
    }
}

/// The page of this site to open next.
fn wanted(app: &AppState, fields: &Fields) -> Option<String> {
    local(&app.site.base_url, fields.text("to"))
}

async fn ask_for_link(app: &AppState, fields: &Fields) -> Result<Response> {
    if !app.site.sends_email {
        return Err(Error::conflict("This server has no mail server, so it cannot email you a link. Ask your administrator for one."));
    }
    let (email, to, now) = (fields.text("email"), wanted(app, fields), clock::now());
    if let Some(limits) = &app.limits {
        limits.check_email(email)?;
    }
    app.db.write(|tx, _| Box::pin(account::act::ask_for_link(tx, now, email, to.as_deref()))).await?;
    let message = "If an account uses this email address, we have sent it a sign-in link. The link works for 20 minutes. We send at most 5 links an hour.";
    Ok(see_other("/sign-in", Some(message)))
}

/// POST /nominate: a nomination link for a company email address.
pub async fn nominate(
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    match ask_to_nominate(&app, &fields).await {
        Ok(response) => response,
        Err(error) => render::refused(app, cx, uri, fields, error).await,
    }
}

async fn ask_to_nominate(app: &AppState, fields: &Fields) -> Result<Response> {
    if fields.text("act") != "ask" {
        return Err(Error::NotFound);
    }
    let (email, now) = (fields.text("email"), clock::now());
    if let Some(limits) = &app.limits {
        limits.check_email(email)?;
    }
    app.db.write(|tx, _| Box::pin(nomination::act::ask(tx, now, email))).await?;
    Ok(see_other("/nominate", Some(&t!(Locale::default(), "nominate-sent"))))
}

async fn by_password(app: &AppState, headers: &HeaderMap, fields: &Fields) -> Result<Response> {
    let found = account::act::password_of(&mut app.db.read().await?, fields.text("email")).await?;
    let (account, hash) = match found {
        Some((account, hash)) => (Some(account), hash),
        None => (None, None),
    };
    let password = fields.text("password").to_owned();
    let good = tokio::task::spawn_blocking(move || account::act::verify_password(&password, hash.as_deref()))
        .await
        .map_err(|e| Error::Internal(e.to_string()))?;
    let Some(account) = account.filter(|_| good) else {
        return Err(Error::field("password", "Email or password is wrong. Try again, or request a sign-in link."));
    };
    let (id, device, now) = (account.id, device(headers), clock::now());
    let token = app.db.write(|tx, _| Box::pin(account::act::sign_in(tx, now, id, device))).await?;
    let to = wanted(app, fields).unwrap_or_else(|| "/".into());
    Ok(with_cookie(see_other(&to, None), SIGNED_IN, &token, app))
}

/// POST /l/{token}: swaps a personal link for a cookie and a clean address.
pub async fn enter(
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    FormBody(fields): FormBody,
) -> Response {
    match swap(&app, &cx.actor, &token, &headers, &fields).await {
        Ok(response) => response,
        Err(error) => render::refused(app, cx, uri, fields, error).await,
    }
}

async fn swap(app: &AppState, actor: &Actor, token: &str, headers: &HeaderMap, fields: &Fields) -> Result<Response> {
    let mark = Cookies::of(&app.site).read(headers, MARK);
    let browser = Browser { device: device(headers), mark: mark.as_deref() };
    let (to, now) = (wanted(app, fields).unwrap_or_else(|| "/".into()), clock::now());
    let entered = app
        .db
        .write(|tx, _| {
            Box::pin(async move {
                match link::act::find(tx, token).await? {
                    link if link.purpose == Purpose::Confirm => {
                        let invitation = invitation::answer::confirm(tx, now, &link).await?;
                        Ok((account::act::visit(tx, now, &invitation, browser.device).await?, invitation))
                    }
                    _ => account::act::enter(tx, now, token, browser).await,
                }
            })
        })
        .await;
    let (cookie, link) = match entered {
        Ok(entered) => entered,
        // The button was pressed again after going back: already signed in.
        Err(Error::Gone(_)) if signed_in_by(app, actor, token).await? => return Ok(see_other(&to, None)),
        Err(error) => return Err(error),
    };
    let page = report::reader::page_behind(&mut app.db.read().await?, link.id).await?;
    let (to, name) = match link.purpose {
        Purpose::SignIn => (to.as_str(), SIGNED_IN),
        Purpose::Portal => (page.as_str(), PORTAL),
        Purpose::Invite => ("/invitation", INVITATION),
        Purpose::Response => ("/item", ITEM),
        Purpose::Nominate => ("/nominate/mine", NOMINATE),
        Purpose::Feed | Purpose::Unsubscribe | Purpose::Confirm => return Err(Error::NotFound),
    };
    Ok(with_cookie(see_other(to, None), name, &cookie, app))
}

/// Whether this browser is signed in to the account that a sign-in link is for.
async fn signed_in_by(app: &AppState, actor: &Actor, token: &str) -> Result<bool> {
    let link = link::act::find(&mut app.db.read().await?, token).await?;
    Ok(link.purpose == Purpose::SignIn && actor.account().is_some_and(|id| id.0 == link.subject_id))
}

/// POST /sign-out: signs this browser out and ends every visit by personal link, since the next person may be another.
pub async fn sign_out(State(app): State<AppState>, headers: HeaderMap) -> Response {
    let message = match cookies::unsent(&headers) {
        0 => "You are signed out.".to_owned(),
        1 => "You are signed out. One note typed on this device has not been sent. To send it, its author signs in here again and opens the session.".into(),
        many => format!(
            "You are signed out. {many} notes typed on this device have not been sent. To send them, their author signs in here again and opens the session."
        ),
    };
    let all: Vec<&str> = std::iter::once(SIGNED_IN).chain(VISITS.iter().copied()).collect();
    end(&app, &headers, &all, see_other("/sign-in", Some(&message))).await.unwrap_or_else(|error| http::plain(&error))
}

/// POST /forget-device: ends every visit by a personal link in this browser, and nothing else.
pub async fn end_visits(State(app): State<AppState>, headers: HeaderMap) -> Response {
    end(&app, &headers, VISITS, see_other("/device-forgotten", None)).await.unwrap_or_else(|error| http::plain(&error))
}

/// Signs these cookies' devices out, and clears the cookies.
async fn end(app: &AppState, headers: &HeaderMap, names: &[&str], mut response: Response) -> Result<Response> {
    let (cookies, now) = (Cookies::of(&app.site), clock::now());
    let tokens: Vec<String> = names.iter().filter_map(|name| cookies.read(headers, name)).collect();
    let tokens = &tokens;
    app.db
        .write(|tx, _| {
            Box::pin(async move {
                for token in tokens {
                    account::act::sign_out(tx, now, token).await?;
                }
                Ok(())
            })
        })
        .await?;
    for name in names {
        cookies.clear(&mut response, name);
    }
    Ok(response)
}

fn with_cookie(mut response: Response, name: &str, token: &str, app: &AppState) -> Response {
    Cookies::of(&app.site).set(&mut response, name, token, account::rules::max_device_age().num_seconds());
    response
}

/// The cookie of the signed-in device that a request came from.
pub(crate) fn signed_in_cookie(site: &Site, headers: &HeaderMap) -> Option<String> {
    Cookies::of(site).read(headers, SIGNED_IN)
}

fn device(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("unknown device")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panelists_page_is_never_opened_by_a_staff_cookie() {
        assert!(is_under("/portal", "/portal") && is_under("/portal/reports/1", "/portal"));
        assert!(!is_under("/portals", "/portal") && !is_under("/items", "/item"));
    }
}
