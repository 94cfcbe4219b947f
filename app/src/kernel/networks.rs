//! Addresses of machines: which of them a server may call for somebody else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

/// Networks of one's own that webhooks may lead into, beside the open internet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedNetworks(Vec<IpNet>);

impl AllowedNetworks {
    /// Reads networks with commas between: `10.0.0.0/8,fd12:3456::/48`. A single address is a network of one.
    ///
    /// # Errors
    /// What is wrong, in words for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| match (part.parse::<IpNet>(), part.parse::<IpAddr>()) {
            (Ok(network), _) => Ok(network.trunc()),
            (_, Ok(ip)) => Ok(IpNet::from(ip)),
            _ => Err(format!("“{part}” is not a network. Enter one like 10.1.2.0/24, with commas between several")),
        };
        parts.map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether none is named: webhooks lead to the open internet alone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a server at this address may be called: on the open internet, or in a network that was named. Addresses at which clouds hand
    /// out keys and passwords are never called.
    #[must_use]
    pub fn may_call(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        !is_metadata(ip) && (is_public(ip) || self.holds(ip))
    }

    /// Whether it may be called without encryption: only inside a network that was named.
    #[must_use]
    pub fn may_call_in_plain(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.may_call(ip) && self.holds(ip)
    }

    /// Whether an address may name its host, before anybody has asked where that is.
    #[must_use]
    pub fn may_name(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(ip)) => self.may_call(ip.into()),
            Some(Host::Ipv6(ip)) => self.may_call(ip.into()),
            Some(Host::Domain(name)) => {
                let local = name == "localhost" || [".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end));
                !local || !self.is_empty()
            }
            None => false,
        }
    }

    fn holds(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&ip))
    }
}

/// Where clouds answer questions about the machine, its keys among them: link-local addresses, and those of AWS, Azure, Alibaba, Oracle and
/// Google that lie elsewhere. A network that holds one of them does not open it.
fn is_metadata(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local() || matches!(ip.octets(), [168, 63, 129, 16] | [100, 100, 100, 200] | [192, 0, 0, 192]),
        IpAddr::V6(ip) => {
            let parts = ip.segments();
            let inside = |high: u16, low: u16| is_metadata(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)).into());
            // NAT64 and 6to4 carry an address of version 4.
            let translated = (parts[..6] == [0x64, 0xff9b, 0, 0, 0, 0] && inside(parts[6], parts[7]))
                || (parts[0] == 0x2002 && inside(parts[1], parts[2]));
            ip.is_unicast_link_local()
                || parts == [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254]
                || parts == [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254]
                || translated
        }
    }
}

/// Whether an address is on the open internet: none of those that RFC 6890 sets aside, so that nobody makes the server knock inside
/// its own network.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_4(ip),
        IpAddr::V6(ip) => is_public_6(ip),
    }
}

fn is_public_4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let benchmarks = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 240
        || shared
        || protocols
        || benchmarks
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || ip.is_broadcast())
}

fn is_public_6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let global = parts[0] & 0xe000 == 0x2000;
    // Teredo, ORCHID and documentation; 6to4 and the like lead to addresses of version 4.
    let special = parts[0] == 0x2002 || (parts[0] == 0x2001 && (parts[1] < 0x0200 || parts[1] == 0x0db8));
    global && !special
}
