//! Calling a webhook: sign what happened, send it, record how that ended.
//!
//! A host is resolved here and each of its addresses looked at before anything is sent, and the connection goes to one of the very addresses
//! that were looked at: a name that leads into our own network is not called, whatever it said a moment ago. An address written as a number
//! asks no resolver, and is looked at before. Redirects are not followed, proxies of the environment not asked, and answers not read beyond
//! their status.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use app::db::Db;
use app::front::webhook::act::{DeliveryRefusal, key, record_attempt};
use app::front::webhook::rules::{self, INNER};
use app::front::webhook::{Webhook, WebhookDelivery, WebhookDeliveryState, WebhookFormat, store};
use app::kernel::clock::{Time, now};
use app::kernel::error::{Error, Result};
use app::kernel::ids::DeliveryId;
use app::kernel::networks::AllowedNetworks;
use app::program;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, RequestBuilder, StatusCode, header, redirect};
use tokio::net::lookup_host;
use url::Host;

/// A tool that has not answered by then is asked again later.
const TIMEOUT: Duration = Duration::from_secs(15);
/// A tool that has not taken the connection by then is asked again later.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where deliveries lead to, and where tools may be.
#[derive(Clone)]
pub struct WebhookSender {
    db: Db,
    /// Of our own pages, without a slash at the end.
    base_url: Arc<str>,
    secure: GuardedClient,
    plain: GuardedClient,
}

/// A client for https, or for http, with the check of where it may go.
#[derive(Clone)]
struct GuardedClient {
    http: Client,
    guard: AddressGuard,
}

/// Which addresses may be called.
#[derive(Clone)]
struct AddressGuard {
    /// Networks of one's own in which tools may be.
    networks: Arc<AllowedNetworks>,
    secure: bool,
}

impl AddressGuard {
    fn may_call(&self, ip: IpAddr) -> bool {
        if self.secure { self.networks.may_call(ip) } else { self.networks.may_call_in_plain(ip) }
    }
}

/// A host of which an address may not be called.
#[derive(Debug)]
struct InnerAddress;

impl fmt::Display for InnerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(INNER)
    }
}

impl std::error::Error for InnerAddress {}

impl Resolve for AddressGuard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().all(|one| guard.may_call(one.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(InnerAddress.into())
            }
        })
    }
}

impl GuardedClient {
    fn new(guard: AddressGuard) -> Result<Self> {
        let http = Client::builder()
            .user_agent(concat!("weheard/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(guard.clone()))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(guard.secure)
            // Each delivery asks for the addresses anew.
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { http, guard })
    }
}

impl WebhookSender {
    /// A sender that calls tools on the open internet, and in these networks.
    ///
    /// # Errors
    /// `Internal` if there is no TLS.
    pub fn new(db: Db, base_url: &str, networks: AllowedNetworks) -> Result<Self> {
        let networks = Arc::new(networks);
        let client = |secure| GuardedClient::new(AddressGuard { networks: networks.clone(), secure });
        Ok(Self { db, base_url: base_url.into(), secure: client(true)?, plain: client(false)? })
    }

    /// Sends one delivery that is due. Gives when it is to be tried again; none where it has ended, or its webhook is paused.
    ///
    /// # Errors
    /// Whatever the database says; a delivery whose outcome could not be recorded is sent again, under the same id.
    pub async fn deliver(&self, id: DeliveryId) -> Result<Option<Time>> {
        let mut tx = self.db.read().await?;
        let Some(delivery) = store::find_delivery(&mut tx, id).await?.filter(|delivery| delivery.state == WebhookDeliveryState::Waiting)
        else {
            return Ok(None);
        };
        let Some(webhook) = store::find(&mut tx, delivery.webhook_id).await?.filter(|webhook| webhook.paused_at.is_none()) else {
            return Ok(None);
        };
        drop(tx);
        if delivery.due_at > now() {
            return Ok(Some(delivery.due_at));
        }
        let outcome = match self.request(&webhook, &delivery).await? {
            Ok(request) => send(request).await,
            Err(refused) => Err(refused),
        };
        if let Err(refused) = &outcome {
            tracing::warn!(delivery = %delivery.id, webhook = %delivery.webhook_id, why = refused.why, "a tool was not told");
        }
        let at = now();
        self.db.write(|tx, _| Box::pin(record_attempt(tx, at, &delivery, outcome.clone()))).await
    }

    /// What is sent, signed where the tool can check it; or why its address may not be called.
    async fn request(&self, webhook: &Webhook, delivery: &WebhookDelivery) -> Result<Result<RequestBuilder, DeliveryRefusal>> {
        let Some(url) = rules::address(&webhook.url) else {
            return Ok(Err(again("The address is not valid. Change it.".into())));
        };
        let client = if url.scheme() == "https" { &self.secure } else { &self.plain };
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            _ => None,
        };
        if literal.is_some_and(|ip| !client.guard.may_call(ip)) {
            return Ok(Err(again(INNER.into())));
        }
        let mut tx = self.db.read().await?;
        let program = program::store::find(&mut tx, webhook.program_id).await?.ok_or(Error::NotFound)?;
        let body = rules::body(delivery, webhook.shape, &program.charter.name, &self.base_url).to_string().into_bytes();
        let mut request = client.http.post(url).header(header::CONTENT_TYPE, "application/json");
        if webhook.shape == WebhookFormat::Standard {
            let (id, at) = (delivery.id.to_string(), now());
            request = request
                .header("webhook-id", &id)
                .header("webhook-timestamp", at.timestamp())
                .header("webhook-signature", key(&tx, webhook).sign(&id, at, &body));
        }
        Ok(Ok(request.body(body)))
    }
}

async fn send(request: RequestBuilder) -> Result<(), DeliveryRefusal> {
    // The address of a chat room is its secret: it stays out of what is recorded.
    let answer = request.send().await.map_err(|error| again(words(&error.without_url())))?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => {
            Err(DeliveryRefusal { for_good: true, why: "The receiver answered 410: this address no longer exists.".into() })
        }
        status if status.is_redirection() => {
            Err(again(format!("The receiver answered {}: it has moved. Enter its new address.", status.as_u16())))
        }
        status => Err(again(format!("The receiver answered {}.", status.as_u16()))),
    }
}

/// Why a tool could not be asked.
fn words(error: &reqwest::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    match last.to_string() {
        _ if last.is::<InnerAddress>() => INNER.into(),
        _ if error.is_timeout() => format!("The receiver did not answer within {} seconds.", TIMEOUT.as_secs()),
        why if error.is_connect() => format!("No connection: {why}."),
        why => format!("The connection was lost: {why}."),
    }
}

fn again(why: String) -> DeliveryRefusal {
    DeliveryRefusal { for_good: false, why }
}
