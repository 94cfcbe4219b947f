//! Who is at the door: cookies, signing in and out, personal links.
//!
//! An account's login and a personal link's are different cookies, so that a member of staff who looks at a panelist's
//! link stays signed in, and a panelist's page never runs with staff rights.

use app::account::{self, Actor};
use app::clock::{self, Time};
use app::db::Db;
use app::error::{Error, Result};
use app::ids::LoginId;
use app::link::Purpose;
use app::nomination;
use app::report;
use app::ui::Cx;
use app::ui::form::Fields;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::forms::Body;
use crate::{AppState, render};

/// The message that the next page shows.
pub const FLASH: &str = "weheard_flash";
const LOGIN: &str = "weheard_login";
/// Which cookie speaks for which part of the house.
const DOORS: &[(&str, &str)] =
    &[("/portal", "weheard_door"), ("/invitation", "weheard_invite"), ("/item", "weheard_response"), ("/nominate", "weheard_nominate")];

/// Recognises whoever asks, before any handler runs.
pub async fn recognise(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let now = clock::now();
    let cookie_name = DOORS.iter().find(|(path, _)| under(request.uri().path(), path)).map_or(LOGIN, |(_, cookie)| cookie);
    let actor = match cookie(request.headers(), cookie_name) {
        Some(token) => match holder(&app, &token).await {
            Ok(actor) => actor,
            Err(error) => return render::plain(&error),
        },
        None => Actor::Nobody,
    };
    let flash = cookie(request.headers(), FLASH).map(|text| decode(&text)).filter(|text| !text.is_empty());
    request.extensions_mut().insert(Cx { db: app.db.clone(), actor, now, site: app.site.clone(), flash });
    next.run(request).await
}

fn under(path: &str, door: &str) -> bool {
    path.strip_prefix(door).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn holder(app: &AppState, token: &str) -> Result<Actor> {
    let now = clock::now();
    let (actor, unremembered) = account::act::recognise(&mut app.db.read().await?, now, token).await?;
    if let Some(login) = unremembered {
        // The page does not wait for it.
        let db = app.db.clone();
        tokio::spawn(async move {
            if let Err(error) = remember(&db, now, login).await {
                tracing::warn!(%error, "the use of a login was not remembered");
            }
        });
    }
    Ok(actor)
}

async fn remember(db: &Db, now: Time, login: LoginId) -> Result<()> {
    let mut tx = db.begin().await?;
    account::act::used(&mut tx, now, login).await?;
    tx.commit().await
}

/// Who holds the login of a request that is still open: nobody, once it has ended.
pub(crate) async fn still(app: &AppState, headers: &HeaderMap) -> Result<Actor> {
    match cookie(headers, LOGIN) {
        Some(token) => holder(app, &token).await,
        None => Ok(Actor::Nobody),
    }
}

/// POST /sign-in: a link by mail, or a password.
pub async fn sign_in(
    State(app): State<AppState>,
    Extension(cx): Extension<Cx>,
    uri: Uri,
    headers: HeaderMap,
    Body(fields): Body,
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

async fn ask_for_link(app: &AppState, fields: &Fields) -> Result<Response> {
    if let Some(limits) = &app.limits {
        limits.check_mail(fields.text("email"))?;
    }
    let mut tx = app.db.begin().await?;
    account::act::ask_for_link(&mut tx, clock::now(), fields.text("email")).await?;
    tx.commit().await?;
    let say = "If this address has an account, a link is on its way. It opens for 20 minutes.";
    Ok(see_other("/sign-in", Some(say)))
}

/// POST /nominate: a link by mail for somebody with a company address.
pub async fn nominate(State(app): State<AppState>, Extension(cx): Extension<Cx>, uri: Uri, Body(fields): Body) -> Response {
    match ask_to_nominate(&app, &fields).await {
        Ok(response) => response,
        Err(error) => render::refused(app, cx, uri, fields, error).await,
    }
}

async fn ask_to_nominate(app: &AppState, fields: &Fields) -> Result<Response> {
    if fields.text("act") != "ask" {
        return Err(Error::NotFound);
    }
    if let Some(limits) = &app.limits {
        limits.check_mail(fields.text("email"))?;
    }
    let mut tx = app.db.begin().await?;
    nomination::act::ask(&mut tx, clock::now(), fields.text("email")).await?;
    tx.commit().await?;
    Ok(see_other("/nominate", Some("A link is on its way to you. It is yours alone.")))
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
        return Err(Error::field("password", "Address and password do not belong together. You can also ask for a link by mail."));
    };
    let mut tx = app.db.begin().await?;
    let token = account::act::sign_in(&mut tx, clock::now(), account.id, device(headers)).await?;
    tx.commit().await?;
    Ok(with_cookie(see_other(local(fields.text("to")), None), LOGIN, &token, app))
}

/// POST /l/{token}: swaps a personal link for a cookie and a clean address.
pub async fn enter(
    State(app): State<AppState>,
    Extension(cx): Extension<Cx>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    Body(fields): Body,
) -> Response {
    match swap(&app, &token, &headers).await {
        Ok(response) => response,
        Err(error) => render::refused(app, cx, uri, fields, error).await,
    }
}

async fn swap(app: &AppState, token: &str, headers: &HeaderMap) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let (cookie, link) = account::act::enter(&mut tx, clock::now(), token, device(headers)).await?;
    let page = report::act::page_behind(&mut tx, link.id).await?;
    tx.commit().await?;
    let (to, name) = match link.purpose {
        Purpose::SignIn => ("/", LOGIN),
        Purpose::Door => (page.as_str(), "weheard_door"),
        Purpose::Invite => ("/invitation", "weheard_invite"),
        Purpose::Response => ("/item", "weheard_response"),
        Purpose::Nominate => ("/nominate/mine", "weheard_nominate"),
        Purpose::Feed | Purpose::Unsubscribe => return Err(Error::NotFound),
    };
    Ok(with_cookie(see_other(to, None), name, &cookie, app))
}

/// Ends the login in this browser.
pub async fn sign_out(app: &AppState, headers: &HeaderMap) -> Result<Response> {
    if let Some(token) = cookie(headers, LOGIN) {
        let mut tx = app.db.begin().await?;
        account::store::revoke_token(&mut tx, &app::secret::fingerprint(&token), clock::now()).await?;
        tx.commit().await?;
    }
    let mut response = see_other("/sign-in", Some("You are signed out."));
    response.headers_mut().append(header::SET_COOKIE, clear(LOGIN));
    Ok(response)
}

/// 303 to a page of ours, with a message for it.
pub fn see_other(to: &str, say: Option<&str>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")));
    if let Some(value) =
        say.and_then(|say| HeaderValue::from_str(&format!("{FLASH}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60", encode(say))).ok())
    {
        headers.append(header::SET_COOKIE, value);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Ends a cookie.
pub fn clear(name: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")).unwrap_or(HeaderValue::from_static(""))
}

fn with_cookie(mut response: Response, name: &str, token: &str, app: &AppState) -> Response {
    let secure = if app.site.base_url.starts_with("https:") { "; Secure" } else { "" };
    let seconds = account::rules::login_lasts().num_seconds();
    if let Ok(value) = HeaderValue::from_str(&format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Only paths of our own: an address from a form never leads elsewhere.
fn local(to: &str) -> &str {
    if to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']) { to } else { "/" }
}

fn device(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("unknown device")
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_from_a_form_stays_in_the_house() {
        assert_eq!(local("/heard?open=1"), "/heard?open=1");
        for away in ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/a\r\nSet-Cookie: x=y", ""] {
            assert_eq!(local(away), "/", "{away}");
        }
    }

    #[test]
    fn a_message_survives_its_cookie() {
        let say = "“Kept” – 50 % done; see /heard";
        assert_eq!(decode(&encode(say)), say);
    }

    #[test]
    fn a_panelists_page_is_never_opened_by_a_staff_cookie() {
        assert!(under("/portal", "/portal") && under("/portal/reports/1", "/portal"));
        assert!(!under("/portals", "/portal") && !under("/items", "/item"));
    }
}
