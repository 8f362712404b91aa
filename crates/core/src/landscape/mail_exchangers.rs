//! Hosts that take a domain's mail, and which of them are Exchange Online's own.

/// Names of the hosts in a domain's MX records, lower case, the preferred first. None: the domain has no such record, and the
/// host of its own name takes its mail (RFC 5321, 5.1).
pub type MailExchangers = Box<[Box<str>]>;

/// Below what Exchange Online's own hosts are named (documented, but for what is marked):
///
/// - worldwide and GCC: "External Domain Name System records for Office 365";
/// - with DNSSEC, as `contoso-com.o-v1.mx.microsoft`: c7solutions, "What Is mx.microsoft?" (3P), which tells of Microsoft's
///   announcement; the older `mail.eo.outlook.com` is seen in use (observed);
/// - GCC High and DoD: "DNS records for Office 365 GCC High" and "… DoD";
/// - operated by 21Vianet: "Create DNS records for Office 365 operated by 21Vianet".
///
/// Whose label stands before it is not looked at: Exchange Online takes a message by its recipient, whichever of these hosts it
/// comes to. `serviceConfigurationRecords` of Graph names one host for each domain; of a domain that moved from one form to
/// another the old host goes on taking mail, so that it would show a gateway where there is none.
const EXCHANGE_ONLINE: &[&str] = &[
    "mail.protection.outlook.com",
    "mx.microsoft",
    "mail.eo.outlook.com",
    "mail.protection.office365.us",
    "mail.protection.partner.outlook.cn",
];

/// Names that no host ever has (RFC 2606, 2). Microsoft proves who owns a domain by such an MX record
/// (`ms12345678.msv1.invalid`; "Add DNS records to connect your domain"), and nobody needs to take it out again.
const NOWHERE: &str = "invalid";

/// Whether a host of an MX record is one that mail can come to, and none of Exchange Online's.
pub(crate) fn stands_before(host: &str) -> bool {
    !is_below(host, NOWHERE) && !EXCHANGE_ONLINE.iter().any(|suffix| is_below(host, suffix))
}

fn is_below(host: &str, domain: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e4_exchange_online_is_known_by_the_names_of_its_hosts_in_every_cloud() {
        for host in [
            "contoso-com.mail.protection.outlook.com",
            "Contoso-Com.Mail.Protection.Outlook.Com.",
            "contoso-com.o-v1.mx.microsoft",
            "contoso-com.mail.eo.outlook.com",
            "contoso-com.mail.protection.office365.us",
            "contoso-com.mail.protection.partner.outlook.cn",
            "ms12345678.msv1.invalid",
        ] {
            assert!(!stands_before(host), "{host}");
        }
        for host in [
            "mx1.gateway.example",
            "mail.contoso.com",
            "mail.protection.outlook.com",
            "contoso-com.mail.protection.outlook.com.gateway.example",
            "evilmx.microsoft",
            "contoso-com.notmail.protection.outlook.com",
            "contoso-com.olc.protection.outlook.com",
            "",
        ] {
            assert!(stands_before(host), "{host}");
        }
    }
}
