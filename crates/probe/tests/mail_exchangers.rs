//! Who takes a domain's mail (DOMAIN E4, F5), asked of a DNS server of the test: RFC 5321, 5.1 and RFC 7505, and that nothing
//! which goes wrong is ever taken for "no".

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod server;

use std::net::{Ipv4Addr, UdpSocket};

use futures::future::join_all;
use server::{
    A, AAAA, DnsServer, Forge, MX, NO_SUCH_NAME, REFUSED, Reply, SERVER_FAILURE, a, aaaa, cname, mx, name, ns, soa,
};
use tenant_contacts_core::{
    landscape::MailExchangers,
    model::{Fact, Unknown},
};
use tenant_contacts_probe::{MailExchangers as _, Resolver};

/// The question of DOMAIN F5: whether it takes mail, by whichever host.
trait TakesMail {
    async fn takes_mail(&self, domain: &str) -> Fact<bool>;
}

impl TakesMail for Resolver {
    async fn takes_mail(&self, domain: &str) -> Fact<bool> {
        match self.hosts(domain).await {
            Fact::Present(_) => Fact::Present(true),
            Fact::Absent => Fact::Present(false),
            Fact::Unknown(why) => Fact::Unknown(why),
        }
    }
}

/// What is said of fabrikam.com, and what was asked for it.
async fn said(zone: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> (Fact<bool>, Vec<(String, u16)>) {
    let server = DnsServer::start(zone).await;
    let fact = Resolver::at(server.address).takes_mail("fabrikam.com").await;
    (fact, server.asked())
}

/// Fails unless it is unknown for a reason with this word in it.
fn unknown(fact: &Fact<bool>, word: &str) {
    let Fact::Unknown(Unknown::ReadFailed(what)) = fact else { panic!("{fact:?} instead of unknown: {word}") };
    assert!(what.contains(word), "{what}: {word}");
    assert!(!what.contains("fabrikam"), "{what}");
}

#[tokio::test]
async fn f5_a_domain_with_a_mail_exchanger_takes_mail_and_one_question_tells() {
    let (fact, asked) = said(|_, _| Reply::of([mx("fabrikam.com", 10, "mail.fabrikam.com")])).await;
    assert_eq!(fact, Fact::Present(true));
    assert_eq!(asked, [("fabrikam.com".to_owned(), MX)]);
}

/// The hosts that take fabrikam.com's mail.
async fn hosts(zone: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> Fact<MailExchangers> {
    let server = DnsServer::start(zone).await;
    Resolver::at(server.address).hosts("fabrikam.com").await
}

#[tokio::test]
async fn e4_the_hosts_of_a_domain_are_told_the_preferred_first_and_each_once() {
    let found = hosts(|_, _| {
        Reply::of([
            mx("fabrikam.com", 20, "backup.gateway.example"),
            mx("fabrikam.com", 0, "."),
            mx("fabrikam.com", 10, "MX1.Gateway.Example"),
            mx("fabrikam.com", 30, "mx1.gateway.example"),
            mx("fabrikam.com", 5, "fabrikam-com.mail.protection.outlook.com"),
        ])
    });
    let expected =
        ["fabrikam-com.mail.protection.outlook.com", "mx1.gateway.example", "backup.gateway.example"].map(Into::into);
    assert_eq!(found.await, Fact::Present(expected.into()));
}

#[tokio::test]
async fn e4_a_domain_without_an_exchanger_has_no_host_of_one() {
    let own_host = |_: &str, kind| if kind == A { Reply::of([a("fabrikam.com")]) } else { Reply::nothing() };
    assert_eq!(hosts(own_host).await, Fact::Present([].into()));
    assert_eq!(hosts(|_, _| Reply::of([mx("fabrikam.com", 0, ".")])).await, Fact::Absent);
}

#[tokio::test]
async fn f5_a_null_mx_takes_no_mail_whatever_addresses_the_name_has() {
    let (fact, asked) = said(|_, kind| match kind {
        MX => Reply::of([mx("fabrikam.com", 0, ".")]),
        _ => Reply::of([a("fabrikam.com")]),
    })
    .await;
    assert_eq!(fact, Fact::Present(false));
    assert_eq!(asked.len(), 1, "the name's addresses do not matter");
}

#[tokio::test]
async fn f5_a_null_mx_beside_a_real_one_is_none() {
    for records in [
        [mx("fabrikam.com", 0, "."), mx("fabrikam.com", 10, "mail.fabrikam.com")],
        [mx("fabrikam.com", 10, "mail.fabrikam.com"), mx("fabrikam.com", 0, ".")],
    ] {
        let (fact, _) = said(move |_, _| Reply::of(records.clone())).await;
        assert_eq!(fact, Fact::Present(true));
    }
}

#[tokio::test]
async fn f5_without_an_exchanger_the_host_of_that_name_is_it() {
    let (fact, asked) = said(|_, kind| match kind {
        A => Reply::of([a("fabrikam.com")]),
        _ => Reply::nothing(),
    })
    .await;
    assert_eq!(fact, Fact::Present(true));
    assert_eq!(asked.iter().map(|(_, kind)| *kind).collect::<Vec<_>>(), [MX, A]);

    let (fact, _) = said(|_, kind| match kind {
        AAAA => Reply::of([aaaa("fabrikam.com")]),
        _ => Reply::nothing(),
    })
    .await;
    assert_eq!(fact, Fact::Present(true));
}

#[tokio::test]
async fn f5_a_name_with_neither_exchanger_nor_host_takes_no_mail() {
    let (fact, asked) = said(|_, _| Reply::nothing()).await;
    assert_eq!(fact, Fact::Present(false));
    assert_eq!(asked.iter().map(|(_, kind)| *kind).collect::<Vec<_>>(), [MX, A, AAAA]);
    // Some servers show no start of authority with it; a server that is the authority need not recurse.
    assert_eq!(said(|_, _| Reply::of([])).await.0, Fact::Present(false));
    assert_eq!(said(|_, _| Reply::nothing().authoritative().without_recursion()).await.0, Fact::Present(false));
}

#[tokio::test]
async fn f5_a_name_that_does_not_exist_takes_no_mail() {
    let (fact, asked) = said(|_, _| Reply::code(NO_SUCH_NAME).with_authority([soa("com")])).await;
    assert_eq!(fact, Fact::Present(false));
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn a_server_that_fails_or_refuses_is_no_no() {
    for code in [SERVER_FAILURE, REFUSED, 1, 4, 9, 15] {
        let (fact, asked) = said(move |_, _| Reply::code(code)).await;
        unknown(&fact, "reported a failure");
        assert_eq!(asked.len(), 2, "asked once more, and then given up");
    }
}

#[tokio::test]
async fn a_failure_at_the_second_question_is_no_no_either() {
    for failing in [A, AAAA] {
        let (fact, _) =
            said(move |_, kind| if kind == failing { Reply::code(SERVER_FAILURE) } else { Reply::nothing() }).await;
        unknown(&fact, "reported a failure");
    }
}

#[tokio::test]
async fn an_address_is_enough_where_the_other_kind_of_address_fails() {
    let (fact, _) = said(|_, kind| match kind {
        MX => Reply::nothing(),
        A => Reply::of([a("fabrikam.com")]),
        _ => Reply::code(SERVER_FAILURE),
    })
    .await;
    assert_eq!(fact, Fact::Present(true));
}

#[tokio::test]
async fn a_server_that_only_refers_to_others_is_no_no() {
    let referral = || Reply::of([]).with_authority([ns("com", "a.gtld-servers.net")]);
    unknown(&said(move |_, _| referral()).await.0, "not its own");
    unknown(&said(move |_, _| referral().without_recursion()).await.0, "not its own");
    unknown(&said(|_, _| Reply::nothing().without_recursion()).await.0, "not its own");
    unknown(&said(|_, _| Reply::code(NO_SUCH_NAME).without_recursion()).await.0, "not its own");
}

#[tokio::test]
async fn an_alias_is_followed_within_the_answer() {
    let (fact, asked) = said(|_, _| {
        Reply::of([
            // In any order, and in any case.
            mx("mail.example", 10, "mx.mail.example"),
            cname("Alias.example", "mail.example"),
            cname("FABRIKAM.com", "alias.example"),
        ])
    })
    .await;
    assert_eq!(fact, Fact::Present(true));
    assert_eq!(asked.len(), 1);
    let (fact, _) = said(|_, _| Reply::of([cname("fabrikam.com", "mail.example"), mx("mail.example", 0, ".")])).await;
    assert_eq!(fact, Fact::Present(false));
}

#[tokio::test]
async fn an_alias_is_followed_by_another_question_and_the_host_of_its_end_is_the_exchanger() {
    let (fact, asked) = said(|name, kind| match (name, kind) {
        ("fabrikam.com", _) => Reply::of([cname("fabrikam.com", "host.example")]),
        ("host.example", A) => Reply::of([a("host.example")]),
        _ => Reply::nothing(),
    })
    .await;
    assert_eq!(fact, Fact::Present(true));
    let expected = [("fabrikam.com", MX), ("host.example", MX), ("host.example", A)];
    assert_eq!(asked, expected.map(|(name, kind)| (name.to_owned(), kind)));
}

#[tokio::test]
async fn an_alias_of_a_name_that_does_not_exist_takes_no_mail() {
    let (fact, _) = said(|_, _| Reply::of([cname("fabrikam.com", "gone.example")]).with_code(NO_SUCH_NAME)).await;
    assert_eq!(fact, Fact::Present(false));
}

#[tokio::test]
async fn aliases_in_circles_end_as_unknown() {
    let (fact, _) =
        said(|_, _| Reply::of([cname("fabrikam.com", "b.example"), cname("b.example", "fabrikam.com")])).await;
    unknown(&fact, "aliases");
    let (fact, _) = said(|_, _| Reply::of([cname("fabrikam.com", "fabrikam.com")])).await;
    unknown(&fact, "aliases");
}

#[tokio::test]
async fn aliases_that_go_on_from_answer_to_answer_end_as_unknown() {
    let (fact, asked) = said(|name, _| Reply::of([cname(name, &format!("a.{name}"))])).await;
    unknown(&fact, "aliases");
    assert_eq!(asked.len(), 13, "eleven aliases, and one too many asked for twice");
}

#[tokio::test]
async fn records_of_other_names_do_not_count() {
    let (fact, _) =
        said(|_, _| Reply::of([mx("other.example", 10, "mail.example"), a("other.example"), aaaa("other.example")]))
            .await;
    assert_eq!(fact, Fact::Present(false));
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_asked_for_by_tcp() {
    // Five hundred exchangers: some 20 KiB.
    let many = |_: &str, _| Reply::of((0..500).map(|n| mx("fabrikam.com", n, "mail.fabrikam.com"))).truncated();
    let (fact, asked) = said(many).await;
    assert_eq!(fact, Fact::Present(true));
    assert_eq!(asked.len(), 2);
    let (fact, _) = said(|_, _| Reply::of([mx("fabrikam.com", 0, ".")]).truncated()).await;
    assert_eq!(fact, Fact::Present(false), "the whole answer counts, by whichever way it came");
}

#[tokio::test]
async fn a_truncated_answer_without_its_rest_is_no_no() {
    unknown(&said(|_, _| Reply::nothing().truncated().over_tcp(b"")).await.0, "could be reached");
    unknown(&said(|_, _| Reply::nothing().truncated().over_tcp(b"\xff\xff\0")).await.0, "could be reached");
    unknown(&said(|_, _| Reply::nothing().truncated().over_tcp(b"\0\0")).await.0, "made no sense");
    unknown(&said(|_, _| Reply::nothing().truncated().over_tcp(b"\0\x0cHTTP/1.1 400")).await.0, "made no sense");
}

#[tokio::test]
async fn what_is_no_answer_to_the_question_is_passed_over_until_the_answer_comes() {
    let forged: &[Forge] = &[
        |_| Vec::new(),
        |_| b"not DNS at all".to_vec(),
        |_| vec![0xff; 9_000],
        // The question itself, sent back.
        |answer| [&answer[..2], &[1], &answer[3..]].concat(),
        // Of another number: there is no such name.
        |answer| [&[!answer[0], answer[1], answer[2], 0x83], &answer[4..]].concat(),
        // To another question.
        |answer| {
            let mut other = answer.to_vec();
            other[13] = b'x';
            other[3] = 0x83;
            other
        },
        // Broken off within the question.
        |answer| answer[..15].to_vec(),
    ];
    let (fact, asked) = said(|_, _| Reply::of([mx("fabrikam.com", 10, "mail.fabrikam.com")]).after(forged)).await;
    assert_eq!(fact, Fact::Present(true));
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_no() {
    // The answer says that there is one record, and has half of it. It comes first, so it is the answer.
    let cut: &[Forge] = &[|answer| answer[..answer.len() - 3].to_vec()];
    let (fact, asked) = said(|_, _| Reply::of([mx("fabrikam.com", 10, "mail.fabrikam.com")]).after(cut)).await;
    unknown(&fact, "made no sense");
    assert_eq!(asked.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn silence_is_no_no_and_after_a_round_of_it_nobody_is_asked_any_more() {
    // Never read: what is sent to it waits in its queue, to be counted.
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let resolver = Resolver::at(silent.local_addr().unwrap());
    let received = || {
        silent.set_nonblocking(true).unwrap();
        std::iter::from_fn(|| silent.recv(&mut [0; 512]).ok()).count()
    };
    let domains: Vec<String> = (0..40).map(|n| format!("fabrikam{n}.com")).collect();
    for fact in join_all(domains.iter().map(|domain| resolver.takes_mail(domain))).await {
        unknown(&fact, "answered in time");
    }
    assert_eq!(received(), 32, "sixteen domains, twice each");
    unknown(&resolver.takes_mail("fabrikam.com").await, "answered in time");
    assert_eq!(received(), 0);
    resolver.forget();
    unknown(&resolver.takes_mail("fabrikam.com").await, "answered in time");
    assert_eq!(received(), 2, "a new survey tries again");
}

/// A port that nobody listens on, as long as it lives: a socket that talks to somebody else is closed to all others.
fn closed() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.connect((Ipv4Addr::LOCALHOST, 9)).unwrap();
    socket
}

#[tokio::test]
async fn nobody_there_is_no_no() {
    let closed = closed();
    let nobody = Resolver::at(closed.local_addr().unwrap());
    unknown(&nobody.takes_mail("fabrikam.com").await, "could be reached");
    unknown(&Resolver::among([]).takes_mail("fabrikam.com").await, "answered in time");
}

#[tokio::test]
async fn the_next_server_is_asked_where_one_fails_and_first_from_then_on() {
    let closed = closed();
    let refusing = DnsServer::start(|_, _| Reply::code(REFUSED)).await;
    let knowing = DnsServer::start(|name, _| Reply::of([mx(name, 10, "mail.example")])).await;
    let resolver = Resolver::among([closed.local_addr().unwrap(), refusing.address, knowing.address]);
    for domain in ["fabrikam.com", "contoso.com"] {
        assert_eq!(resolver.takes_mail(domain).await, Fact::Present(true));
    }
    assert_eq!(refusing.asked().len(), 1);
    assert_eq!(knowing.asked().len(), 2);
}

#[tokio::test]
async fn what_one_server_says_is_the_reason_and_not_that_another_is_silent() {
    let closed = closed();
    let refusing = DnsServer::start(|_, _| Reply::code(REFUSED)).await;
    let nobody = closed.local_addr().unwrap();
    for servers in [[nobody, refusing.address], [refusing.address, nobody]] {
        unknown(&Resolver::among(servers).takes_mail("fabrikam.com").await, "reported a failure");
    }
}

#[tokio::test]
async fn what_is_known_is_not_asked_again_until_it_is_forgotten_and_a_failure_is() {
    let server = DnsServer::start(|name, _| match name {
        "fabrikam.com" => Reply::of([mx("fabrikam.com", 10, "mail.fabrikam.com")]),
        _ => Reply::code(SERVER_FAILURE),
    })
    .await;
    let resolver = Resolver::at(server.address);
    for domain in ["fabrikam.com", "Fabrikam.COM", " fabrikam.com"] {
        assert_eq!(resolver.takes_mail(domain).await, Fact::Present(true));
    }
    assert_eq!(server.asked().len(), 1);
    for count in [3, 5] {
        unknown(&resolver.takes_mail("failing.example").await, "reported a failure");
        assert_eq!(server.asked().len(), count);
    }
    resolver.forget();
    assert_eq!(resolver.takes_mail("fabrikam.com").await, Fact::Present(true));
    assert_eq!(server.asked().len(), 6);
}

#[tokio::test]
async fn many_domains_at_once_are_each_answered() {
    let server = DnsServer::start(|name, _| match name.strip_prefix("odd") {
        Some(_) => Reply::code(NO_SUCH_NAME),
        None => Reply::of([mx(name, 10, "mail.example")]),
    })
    .await;
    let resolver = Resolver::at(server.address);
    let domains: Vec<String> =
        (0..500).map(|n| format!("{}{n}.example", if n % 2 == 1 { "odd" } else { "even" })).collect();
    let facts = join_all(domains.iter().map(|domain| resolver.takes_mail(domain))).await;
    for (domain, fact) in domains.iter().zip(facts) {
        assert_eq!(fact, Fact::Present(domain.starts_with("even")), "{domain}");
    }
}

#[tokio::test]
async fn what_is_no_domain_name_is_not_asked() {
    let server = DnsServer::start(|_, _| Reply::code(NO_SUCH_NAME)).await;
    let resolver = Resolver::at(server.address);
    for text in ["", "com", "10.0.0.1", "fabri kam.com", "fabrikam.com\0.evil.example", &"a.".repeat(10_000)] {
        unknown(&resolver.takes_mail(text).await, "not one that DNS can be asked for");
    }
    assert_eq!(server.asked(), []);
    assert_eq!(resolver.takes_mail("bücher.example").await, Fact::Present(false));
    assert_eq!(server.asked(), [("xn--bcher-kva.example".to_owned(), MX)]);
}

#[test]
fn the_tests_server_writes_names_as_rfc_1035_does() {
    assert_eq!(name("mail.fabrikam.com"), b"\x04mail\x08fabrikam\x03com\0");
    assert_eq!(name("."), b"\0");
}
