//! Settings: from flags, then the environment, then `weheard.toml`, then defaults; checked once, every mistake at once.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use app::kernel::networks::AllowedNetworks;
use clap::Args;
use lettre::message::Mailbox;

/// Settings given on the command line. Each is also a variable of the environment and a key of `weheard.toml`.
// The comments are what --help prints, where brackets name variables.
#[cfg_attr(doc, allow(rustdoc::broken_intra_doc_links))]
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// Settings file [WEHEARD_CONFIG; default weheard.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://USER@HOST/NAME [DATABASE_URL; default sqlite:var/weheard.db]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    pub database_url: Option<String>,
    /// Key file for personal links, created if missing [WEHEARD_SECRET_FILE; default var/secret.key]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    pub secret_file: Option<String>,
    /// IP address to listen on [WEHEARD_BIND; default 127.0.0.1]
    #[arg(long, global = true, value_name = "IP", help_heading = "Settings")]
    pub bind: Option<String>,
    /// Port to listen on [PORT; default 3000]
    #[arg(long, global = true, value_name = "NUMBER", help_heading = "Settings")]
    pub port: Option<String>,
    /// Public address of the server, used in links [WEHEARD_BASE_URL; default http://127.0.0.1:PORT]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    pub base_url: Option<String>,
    /// Folder with the built styles, scripts and fonts [WEHEARD_SITE; default target/site]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Settings")]
    pub site: Option<String>,
    /// Mail server: smtp://HOST:PORT or smtps://USER:PASSWORD@HOST. Without it, emails wait in the outbox [WEHEARD_SMTP]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    pub smtp: Option<String>,
    /// Sender of emails [WEHEARD_EMAIL_FROM; default Weheard <weheard@localhost>]
    #[arg(long, alias = "mail-from", global = true, value_name = "SENDER", help_heading = "Settings")]
    pub email_from: Option<String>,
    /// Log format: text or json [WEHEARD_LOG; default text]
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Settings")]
    pub log: Option<String>,
    /// Maximum upload size in MB [WEHEARD_UPLOAD_MB; default 500]
    #[arg(long, global = true, value_name = "NUMBER", help_heading = "Settings")]
    pub upload_mb: Option<String>,
    /// IP addresses of your proxies, separated by commas. X-Forwarded-For is read from these only [WEHEARD_TRUSTED_PROXY]
    #[arg(long, global = true, value_name = "IP,IP", help_heading = "Settings")]
    pub trusted_proxy: Option<String>,
    /// Folder whose files are imported automatically. A subfolder with a program’s name is for that program [WEHEARD_WATCH_FOLDER]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Settings")]
    pub watch_folder: Option<String>,
    /// Private networks that webhooks may call, separated by commas, such as 10.1.2.0/24,fd12:3456::/48 [WEHEARD_WEBHOOK_NETWORKS; default none]
    #[arg(long, global = true, value_name = "NETWORK,NETWORK", help_heading = "Settings")]
    pub webhook_networks: Option<String>,
    /// Replaced by --webhook-networks [WEHEARD_PRIVATE_WEBHOOKS]
    #[arg(long, global = true, value_name = "NO", help_heading = "Settings", hide = true)]
    pub private_webhooks: Option<String>,
    /// Seconds to keep answering requests after a stop signal, while /readyz returns 503 [WEHEARD_GRACE_SECONDS; default 5]
    #[arg(long, global = true, value_name = "NUMBER", help_heading = "Settings")]
    pub grace_seconds: Option<String>,
    /// Token for /metrics from other machines, sent as "Authorization: Bearer TOKEN" [WEHEARD_METRICS_TOKEN]
    #[arg(long, global = true, value_name = "TOKEN", help_heading = "Settings")]
    pub metrics_token: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Checked settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub database_url: String,
    pub secret_file: PathBuf,
    pub bind: IpAddr,
    pub port: u16,
    /// Without a slash at the end.
    pub base_url: String,
    pub site: PathBuf,
    pub smtp: Option<String>,
    pub email_from: String,
    pub log: LogFormat,
    /// In bytes.
    pub upload_limit: u64,
    /// Proxies whose X-Forwarded-For is read.
    pub trusted_proxies: Vec<IpAddr>,
    /// Files in it are imported automatically.
    pub watch_folder: Option<PathBuf>,
    /// Private networks that webhooks may call.
    pub webhook_networks: AllowedNetworks,
    /// For how long requests are answered after the server was asked to stop.
    pub grace: Duration,
    /// Opens `/metrics` from other machines.
    pub metrics_token: Option<String>,
}

/// Every mistake in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSettings(pub Vec<String>);

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => writeln!(f, "A setting is invalid:")?,
            many => writeln!(f, "{many} settings are invalid:")?,
        }
        for mistake in &self.0 {
            writeln!(f, "  - {mistake}")?;
        }
        write!(f, "Settings are read from flags, the environment and weheard.toml, in this order. `weheard serve --help` lists them.")
    }
}

/// Keys of `weheard.toml`, and the variable of the environment that goes before it.
const KEYS: &[(&str, &str)] = &[
    ("database_url", "DATABASE_URL"),
    ("secret_file", "WEHEARD_SECRET_FILE"),
    ("bind", "WEHEARD_BIND"),
    ("port", "PORT"),
    ("base_url", "WEHEARD_BASE_URL"),
    ("site", "WEHEARD_SITE"),
    ("smtp", "WEHEARD_SMTP"),
    ("email_from", "WEHEARD_EMAIL_FROM"),
    ("log", "WEHEARD_LOG"),
    ("upload_mb", "WEHEARD_UPLOAD_MB"),
    ("trusted_proxy", "WEHEARD_TRUSTED_PROXY"),
    ("watch_folder", "WEHEARD_WATCH_FOLDER"),
    ("webhook_networks", "WEHEARD_WEBHOOK_NETWORKS"),
    ("private_webhooks", "WEHEARD_PRIVATE_WEBHOOKS"),
    ("grace_seconds", "WEHEARD_GRACE_SECONDS"),
    ("metrics_token", "WEHEARD_METRICS_TOKEN"),
];

/// A setting, and the key and the variable that it had before. They are read for one release.
const FORMER_KEYS: &[(&str, &str, &str)] = &[("email_from", "mail_from", "WEHEARD_MAIL_FROM")];

/// Keys and variables by which a setting may be given, the present ones first.
fn names_of(setting: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let present = KEYS.iter().filter(move |(key, _)| *key == setting).copied();
    let former = FORMER_KEYS.iter().filter(move |(key, _, _)| *key == setting).map(|(_, key, variable)| (*key, *variable));
    present.chain(former)
}

fn is_known(key: &str) -> bool {
    KEYS.iter().any(|(known, _)| *known == key) || FORMER_KEYS.iter().any(|(_, former, _)| *former == key)
}

impl Settings {
    /// Gathers and checks the settings of this process.
    ///
    /// # Errors
    /// All mistakes.
    pub fn load(flags: &Flags) -> Result<Self, InvalidSettings> {
        let env = |name: &str| std::env::var(name).ok();
        let named = flags.config.clone().or_else(|| env("WEHEARD_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| PathBuf::from("weheard.toml"));
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if named.is_none() && !path.exists() => String::new(),
            Err(error) => return Err(InvalidSettings(vec![format!("{} cannot be read: {error}", path.display())])),
        };
        Self::gather(flags, env, &path, &file)
    }

    fn gather(flags: &Flags, env: impl Fn(&str) -> Option<String>, path: &Path, file: &str) -> Result<Self, InvalidSettings> {
        let mut invalid = Vec::new();
        let file: toml::Table = file.parse().unwrap_or_else(|error: toml::de::Error| {
            invalid.push(format!("{} is not valid TOML: {}", path.display(), error.message()));
            toml::Table::new()
        });
        for key in file.keys().filter(|key| !is_known(key)) {
            let known = KEYS.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
            invalid.push(format!("{} sets “{key}”, which is not a setting. Settings: {known}", path.display()));
        }
        let mut given = GivenSettings { flags, env, path, file, invalid };
        let settings = given.check();
        if given.invalid.is_empty() { Ok(settings) } else { Err(InvalidSettings(given.invalid)) }
    }

    /// The SQLite file, if that is the database.
    #[must_use]
    pub fn database_file(&self) -> Option<&Path> {
        let path = self.database_url.strip_prefix("sqlite:").filter(|path| !path.contains(":memory:"))?;
        Some(Path::new(path.trim_start_matches("//").split('?').next().unwrap_or(path)))
    }

    /// Where the server itself writes: beside the database file, or beside the key.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        let file = self.database_file().unwrap_or(&self.secret_file);
        file.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_owned)
    }

    /// Where uploads wait to be imported.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.folder().join("uploads")
    }

    /// Whether only this machine can reach the server: then the demo may print its sign-in links.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.bind.is_loopback()
    }
}

/// A value, and in words where it came from.
struct FoundSetting {
    value: String,
    from: String,
}

struct GivenSettings<'a, E> {
    flags: &'a Flags,
    env: E,
    path: &'a Path,
    file: toml::Table,
    invalid: Vec<String>,
}

impl<E: Fn(&str) -> Option<String>> GivenSettings<'_, E> {
    fn check(&mut self) -> Settings {
        // “no” is what happens anyway.
        self.read("private_webhooks", (), |text| match text {
            "no" => Ok(()),
            _ => Err("it was replaced by webhook_networks. Name the private networks that webhooks may call, such as 10.1.2.0/24".into()),
        });
        let port = self
            .read("port", 3000, |text| text.parse::<u16>().ok().filter(|port| *port > 0).ok_or("enter a number from 1 to 65535".into()));
        Settings {
            database_url: self.read("database_url", "sqlite:var/weheard.db".to_owned(), |text| {
                let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|start| text.starts_with(start));
                if known { Ok(text.to_owned()) } else { Err("enter sqlite:PATH or postgres://USER@HOST/NAME".into()) }
            }),
            secret_file: self.read("secret_file", PathBuf::from("var/secret.key"), |text| Ok(PathBuf::from(text))),
            bind: self.read("bind", IpAddr::V4(Ipv4Addr::LOCALHOST), |text| {
                text.parse().map_err(|_| "enter an IP address such as 127.0.0.1, or 0.0.0.0 for all".into())
            }),
            port,
            base_url: self.read("base_url", format!("http://127.0.0.1:{port}"), |text| {
                let origin =
                    app::kernel::address::web(text).filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none());
                origin.map(|url| url.origin().ascii_serialization()).ok_or("enter http:// or https:// and a host, without a path".into())
            }),
            site: self.read("site", PathBuf::from("target/site"), |text| Ok(PathBuf::from(text))),
            smtp: self.read("smtp", None, |text| {
                let good = text.starts_with("smtp://") || text.starts_with("smtps://");
                if good { Ok(Some(text.to_owned())) } else { Err("enter an address that begins with smtp:// or smtps://".into()) }
            }),
            email_from: self.read("email_from", "Weheard <weheard@localhost>".to_owned(), |text| {
                let good = text.parse::<Mailbox>().is_ok();
                if good { Ok(text.to_owned()) } else { Err("enter a sender such as Panel team <panel@example.com>".into()) }
            }),
            log: self.read("log", LogFormat::Text, |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("enter text or json".into()),
            }),
            upload_limit: self.read("upload_mb", 500, |text| {
                text.parse::<u64>()
                    .ok()
                    .filter(|mb| (1..=100_000).contains(mb))
                    .ok_or("enter a number of megabytes from 1 to 100000".into())
            }) * 1_000_000,
            trusted_proxies: self.read("trusted_proxy", Vec::new(), addresses),
            watch_folder: self.read("watch_folder", None, |text| Ok(Some(PathBuf::from(text)))),
            webhook_networks: self.read("webhook_networks", AllowedNetworks::default(), AllowedNetworks::parse),
            grace: Duration::from_secs(self.read("grace_seconds", 5, |text| {
                text.parse::<u64>().ok().filter(|seconds| *seconds <= 600).ok_or("enter a number of seconds up to 600".into())
            })),
            metrics_token: self.read("metrics_token", None, |text| {
                if text.len() >= 16 { Ok(Some(text.to_owned())) } else { Err("enter at least 16 characters".into()) }
            }),
        }
    }

    /// One setting; a mistake is noted, and the default stands in so that the check can go on.
    fn read<T>(&mut self, key: &'static str, default: T, parse: impl Fn(&str) -> Result<T, String>) -> T {
        let Some(found) = self.find(key) else { return default };
        parse(&found.value).unwrap_or_else(|why| {
            // A database or email address may hold a password, and a token is one.
            let shown = if matches!(key, "database_url" | "smtp" | "metrics_token") {
                "this value".to_owned()
            } else {
                format!("“{}”", found.value)
            };
            self.invalid.push(format!("{}: {shown} is invalid: {why}", found.from));
            default
        })
    }

    fn find(&mut self, key: &'static str) -> Option<FoundSetting> {
        if let Some(value) = self.flag(key) {
            return Some(FoundSetting { value, from: format!("--{}", key.replace('_', "-")) });
        }
        for (_, variable) in names_of(key) {
            if let Some(value) = (self.env)(variable).filter(|value| !value.is_empty()) {
                return Some(FoundSetting { value, from: variable.to_owned() });
            }
        }
        let (name, value) = names_of(key).find_map(|(name, _)| Some((name, self.file.get(name)?)))?;
        let from = format!("{name} in {}", self.path.display());
        match value {
            toml::Value::String(text) => Some(FoundSetting { value: text.clone(), from }),
            toml::Value::Integer(number) => Some(FoundSetting { value: number.to_string(), from }),
            _ => {
                self.invalid.push(format!("{from}: enter a text or a number"));
                None
            }
        }
    }

    fn flag(&self, key: &str) -> Option<String> {
        let flags = self.flags;
        let flag = match key {
            "database_url" => &flags.database_url,
            "secret_file" => &flags.secret_file,
            "bind" => &flags.bind,
            "port" => &flags.port,
            "base_url" => &flags.base_url,
            "site" => &flags.site,
            "smtp" => &flags.smtp,
            "email_from" => &flags.email_from,
            "log" => &flags.log,
            "upload_mb" => &flags.upload_mb,
            "trusted_proxy" => &flags.trusted_proxy,
            "watch_folder" => &flags.watch_folder,
            "webhook_networks" => &flags.webhook_networks,
            "private_webhooks" => &flags.private_webhooks,
            "grace_seconds" => &flags.grace_seconds,
            "metrics_token" => &flags.metrics_token,
            _ => &None,
        };
        flag.clone()
    }
}

fn addresses(text: &str) -> Result<Vec<IpAddr>, String> {
    let addresses: Result<Vec<IpAddr>, _> = text.split(',').map(|address| address.trim().parse()).collect();
    addresses.map_err(|_| "enter IP addresses separated by commas, such as 127.0.0.1,10.0.0.2".into())
}

#[cfg(test)]
mod tests;
