//! The job that tells tools what happens: lease what is due, sign it, send it, record how it ended.
//!
//! A host is resolved here and each of its addresses looked at before anything is sent, and the connection goes to the very address that
//! was looked at: a name that leads into our own network is not called, whatever it said a moment ago. Redirects are not followed.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use app::clock::now;
use app::db::Db;
use app::error::{Error, Result};
use app::program;
use app::webhook::act::{Refused, key, settle};
use app::webhook::rules::{self, Address, INNER, Networks};
use app::webhook::{Delivery, Shape, Webhook, store};
use bytes::Bytes;
use futures::future::join_all;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// Deliveries on their way at one time.
const AT_ONCE: i64 = 8;
/// A tool that has not answered by then is asked again later. Shorter than the lease.
const MOST: Duration = Duration::from_secs(15);

/// Where deliveries lead to, and where tools may be.
#[derive(Clone)]
pub struct Sender {
    pub db: Db,
    /// Of our own pages, without a slash at the end.
    pub base_url: String,
    /// Networks of one's own in which tools may be.
    pub networks: Networks,
}

impl Sender {
    /// Sends what is due, handful by handful.
    ///
    /// # Errors
    /// Whatever the database says; a delivery that was not recorded as sent is tried again when its lease ends.
    pub async fn send_due(&self) -> Result<()> {
        while store::is_due(&mut self.db.read().await?, now()).await? {
            let mut tx = self.db.begin().await?;
            let deliveries = store::lease(&mut tx, now(), AT_ONCE).await?;
            tx.commit().await?;
            if deliveries.is_empty() {
                break;
            }
            let sent = join_all(deliveries.into_iter().map(|delivery| async move {
                let outcome = self.send(&delivery).await;
                (delivery, outcome)
            }))
            .await;
            let mut tx = self.db.begin().await?;
            for (delivery, outcome) in sent {
                if let Err(refused) = &outcome {
                    tracing::warn!(delivery = %delivery.id, webhook = %delivery.webhook_id, why = refused.why, "a tool was not told");
                }
                settle(&mut tx, now(), delivery, outcome).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), Refused> {
        let (webhook, request) = self.request(delivery).await.map_err(|error| again(error.message()))?;
        let address = rules::address(&webhook.url).ok_or_else(|| again("Its address is none. Please change it.".into()))?;
        let asked = tokio::time::timeout(MOST, self.post(&address, request)).await;
        let status = asked.unwrap_or_else(|_| Err(again(format!("It did not answer within {} seconds.", MOST.as_secs()))))?;
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(Refused { for_good: true, why: "It answered 410: it is gone for good.".into() }),
            status if status.is_redirection() => {
                Err(again(format!("It answered {}: it has moved. Please give its new address.", status.as_u16())))
            }
            status => Err(again(format!("It answered {}.", status.as_u16()))),
        }
    }

    /// What is sent, signed where the tool can check it.
    async fn request(&self, delivery: &Delivery) -> Result<(Webhook, Request<Full<Bytes>>)> {
        let mut tx = self.db.read().await?;
        let webhook = store::find(&mut tx, delivery.webhook_id).await?.ok_or(Error::NotFound)?;
        let program = program::store::find(&mut tx, webhook.program_id).await?.ok_or(Error::NotFound)?;
        let body = rules::body(delivery, webhook.shape, &program.name, &self.base_url).to_string().into_bytes();
        let address = rules::address(&webhook.url).ok_or(Error::NotFound)?;
        let mut request = Request::post(&address.path)
            .header(header::HOST, address.authority())
            .header(header::USER_AGENT, concat!("weheard/", env!("CARGO_PKG_VERSION")))
            .header(header::CONTENT_TYPE, "application/json");
        if webhook.shape == Shape::Standard {
            let (id, at) = (delivery.id.to_string(), now());
            request = request
                .header("webhook-id", &id)
                .header("webhook-timestamp", at.timestamp())
                .header("webhook-signature", key(&tx, &webhook).sign(&id, at, &body));
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|error| Error::Internal(error.to_string()))?;
        Ok((webhook, request))
    }

    async fn post(&self, address: &Address, request: Request<Full<Bytes>>) -> Result<StatusCode, Refused> {
        let tcp = self.connect(address).await?;
        if !address.secure {
            return ask(tcp, request).await;
        }
        let name =
            ServerName::try_from(address.host.clone()).map_err(|_| again(format!("“{}” is not the name of a host.", address.host)))?;
        let tls = TlsConnector::from(TLS.clone()).connect(name, tcp).await;
        ask(tls.map_err(|error| again(format!("No secure connection: {error}.")))?, request).await
    }

    /// A connection to one of the host's addresses, if all of them may be called.
    async fn connect(&self, address: &Address) -> Result<TcpStream, Refused> {
        let found: Vec<SocketAddr> = match lookup_host((address.host.as_str(), address.port)).await {
            Ok(found) => found.collect(),
            Err(error) => return Err(again(format!("Its host is not found: {error}."))),
        };
        let may_call = |ip| if address.secure { self.networks.may_call(ip) } else { self.networks.may_call_in_plain(ip) };
        if !found.iter().all(|one| may_call(one.ip())) {
            return Err(again(INNER.into()));
        }
        let mut last = "it has no address".to_owned();
        for one in found {
            match TcpStream::connect(one).await {
                Ok(tcp) => return Ok(tcp),
                Err(error) => last = error.to_string(),
            }
        }
        Err(again(format!("No connection: {last}.")))
    }
}

async fn ask<S>(stream: S, request: Request<Full<Bytes>>) -> Result<StatusCode, Refused>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |error: hyper::Error| again(format!("The connection broke: {error}."));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driven = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(broken);
    driven.abort();
    answer.map(|answer| answer.status())
}

fn again(why: String) -> Refused {
    Refused { for_good: false, why }
}

/// Mozilla's list of certificate authorities.
static TLS: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
});
