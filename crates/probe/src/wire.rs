//! Questions and answers as DNS writes them (RFC 1035).

use domain::{
    base::{
        Message, MessageBuilder, Name, ParsedName, RecordSection, Rtype, ToName as _,
        iana::{Class, Opcode, Rcode},
        wire::ParseError,
    },
    rdata::{Cname, Mx},
};

use tenant_contacts_core::landscape::MailExchangers;

use crate::failure::Failure;

/// Most aliases followed for one name. Unbound and BIND follow eleven.
const MOST_ALIASES: usize = 11;

/// Most hosts of one domain that are kept: a domain that people run has a handful.
const MOST_HOSTS: usize = 100;

/// What is asked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its mail exchangers.
    Mx,
    /// Its addresses of IP version 4.
    A,
    /// Its addresses of IP version 6.
    Aaaa,
}

impl Kind {
    fn rtype(self) -> Rtype {
        match self {
            Self::Mx => Rtype::MX,
            Self::A => Rtype::A,
            Self::Aaaa => Rtype::AAAA,
        }
    }
}

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// There are records. Of mail exchangers: the hosts that mail can go to, the preferred first, each once. A null MX (RFC 7505)
    /// names the root, which has no address: "this domain takes no mail". Beside another exchanger it means nothing.
    Records(MailExchangers),
    /// The name is there, and has no such records.
    NoRecords,
    /// There is no such name.
    NoName,
    /// It is an alias, and the server does not say what the name that it leads to has.
    Alias(Name<Vec<u8>>),
}

/// A question, for a server that looks up the names of others.
pub(crate) fn question(id: u16, name: &Name<Vec<u8>>, kind: Kind) -> Result<Message<Vec<u8>>, Failure> {
    let mut builder = MessageBuilder::new_vec();
    builder.header_mut().set_id(id);
    builder.header_mut().set_rd(true);
    let mut builder = builder.question();
    // A name has 255 octets at most: the message is far from full.
    builder.push((name, kind.rtype())).map_err(|_| Failure::NotAName)?;
    Ok(builder.into_message())
}

/// Takes octets for the answer to a question: of the same number, and to the same question. Anybody can send anything else.
pub(crate) fn answer_to(question: &Message<Vec<u8>>, octets: &[u8]) -> Option<Message<Vec<u8>>> {
    let answer = Message::from_octets(octets.to_vec()).ok()?;
    (answer.is_answer(question) && answer.header().opcode() == Opcode::QUERY).then_some(answer)
}

/// Reads an answer. `aliases`: how many were followed before, counted on.
pub(crate) fn read(answer: &Message<Vec<u8>>, kind: Kind, aliases: &mut usize) -> Result<Said, Failure> {
    let header = answer.header();
    let exists = match header.rcode() {
        Rcode::NOERROR => true,
        Rcode::NXDOMAIN => false,
        _ => return Err(Failure::Refused),
    };
    let asked = answer.sole_question().map_err(garbled)?.into_qname();
    let records = answer.answer().map_err(garbled)?;
    let (name, followed) = alias(&asked, records, aliases)?;
    if let Some(hosts) = find(&name, records, kind)? {
        return Ok(Said::Records(hosts));
    }
    // Beyond this the answer is that something is not there: a server that knows, or has asked, can say so.
    if !header.aa() && !header.ra() {
        return Err(Failure::NotResolving);
    }
    if !exists {
        return Ok(Said::NoName);
    }
    if followed {
        return Ok(Said::Alias(name.to_name()));
    }
    if refers(answer).map_err(garbled)? { Err(Failure::NotResolving) } else { Ok(Said::NoRecords) }
}

fn garbled(_: ParseError) -> Failure {
    Failure::Garbled
}

type Answered<'a> = ParsedName<&'a [u8]>;

/// The name at the end of the aliases that the answer tells, and whether there were any.
fn alias<'a>(
    asked: &Answered<'a>,
    records: RecordSection<'a, Vec<u8>>,
    aliases: &mut usize,
) -> Result<(Answered<'a>, bool), Failure> {
    let all: Vec<_> = records.limit_to_in::<Cname<_>>().collect::<Result<_, _>>().map_err(garbled)?;
    let mut name = *asked;
    let mut followed = false;
    while let Some(record) = all.iter().find(|record| *record.owner() == name) {
        *aliases += 1;
        if *aliases > MOST_ALIASES {
            return Err(Failure::Aliases);
        }
        name = *record.data().cname();
        followed = true;
    }
    Ok((name, followed))
}

/// The name's records; `None` if there are none.
fn find(
    name: &Answered<'_>,
    records: RecordSection<'_, Vec<u8>>,
    kind: Kind,
) -> Result<Option<MailExchangers>, Failure> {
    let mut found = None;
    let mut hosts: Vec<(u16, Box<str>)> = Vec::new();
    match kind {
        Kind::Mx => {
            for record in records.limit_to_in::<Mx<_>>() {
                let record = record.map_err(garbled)?;
                if record.owner() == name {
                    found = Some(());
                    let exchange = record.data().exchange();
                    if !exchange.is_root() {
                        hosts.push((record.data().preference(), exchange.to_string().to_ascii_lowercase().into()));
                    }
                }
            }
        }
        // What an address is does not matter here: that there is one makes its host the domain's exchanger.
        Kind::A | Kind::Aaaa => {
            for record in records {
                let record = record.map_err(garbled)?;
                if record.class() == Class::IN && record.rtype() == kind.rtype() && record.owner() == *name {
                    found = Some(());
                }
            }
        }
    }
    hosts.sort();
    let mut kept: Vec<Box<str>> = Vec::new();
    for (_, host) in hosts {
        if kept.len() < MOST_HOSTS && !kept.contains(&host) {
            kept.push(host);
        }
    }
    Ok(found.map(|()| kept.into()))
}

/// Whether an empty answer refers to other servers instead of saying that there is nothing (RFC 2308, 2.2: it names servers
/// and shows no start of authority).
fn refers(answer: &Message<Vec<u8>>) -> Result<bool, ParseError> {
    let authority = answer.authority()?;
    let mut names_servers = false;
    for record in authority {
        match record?.rtype() {
            Rtype::SOA => return Ok(false),
            Rtype::NS => names_servers = true,
            _ => {}
        }
    }
    Ok(names_servers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked() -> Message<Vec<u8>> {
        let name = Name::from_chars("fabrikam.com".chars()).unwrap();
        question(7, &name, Kind::Mx).unwrap()
    }

    #[test]
    fn a_question_is_written_as_rfc_1035_says() {
        let expected = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x08fabrikam\x03com\0\0\x0f\0\x01";
        assert_eq!(asked().as_slice(), expected);
    }

    #[test]
    fn an_answer_has_the_number_and_the_question() {
        let question = asked();
        let mut octets = question.as_slice().to_vec();
        assert!(answer_to(&question, &octets).is_none(), "a question is no answer");
        octets[2] |= 0x80;
        assert!(answer_to(&question, &octets).is_some());
        for (at, octet) in [(1, 8), (2, 0x89), (5, 0), (5, 2), (13, b'x'), (26, 16), (28, 3)] {
            let mut other = octets.clone();
            other[at] = octet;
            assert!(answer_to(&question, &other).is_none(), "octet {at}");
        }
        assert!(answer_to(&question, &octets[..20]).is_none());
        assert!(answer_to(&question, &[]).is_none());
    }

    /// An answer that says of a name what it does not have, and whose rest is whatever the octets are.
    fn with_rest(flags: u8, counts: [u8; 2], rest: &[u8]) -> Option<Message<Vec<u8>>> {
        let question = asked();
        let mut octets = question.as_slice().to_vec();
        octets[2] |= 0x80;
        octets[3] = flags;
        octets[7] = counts[0];
        octets[9] = counts[1];
        octets.extend_from_slice(rest);
        answer_to(&question, &octets)
    }

    #[test]
    fn a_record_that_breaks_off_or_points_at_itself_is_garbled_and_no_missing_record() {
        for rest in [
            &b""[..],
            b"\xc0\x0c",
            b"\xc0\x0c\0\x0f\0\x01\0\0\0\0\0\xff\0",
            b"\xc0\x0c\0\x0f\0\x01\0\0\0\0\0\x01\0",
            b"\xc0\x1d\0\x0f\0\x01\0\0\0\0\0\x03\0\0\0",
            b"\xc0\x0c\0\x05\0\x01\0\0\0\0\0\x02\xc0\xff",
        ] {
            let answer = with_rest(0x80, [1, 0], rest).unwrap();
            assert_eq!(read(&answer, Kind::Mx, &mut 0), Err(Failure::Garbled), "{rest:?}");
        }
    }

    proptest! {
        #[test]
        fn no_octets_after_the_question_make_it_panic(
            flags: u8,
            counts in [0_u8..4, 0_u8..4],
            rest in prop::collection::vec(prop_oneof![Just(0xc0_u8), Just(12), Just(0), Just(1), Just(5), Just(15), any::<u8>()], 0..200),
        ) {
            if let Some(answer) = with_rest(flags, counts, &rest) {
                for kind in [Kind::Mx, Kind::A, Kind::Aaaa] {
                    let _ = read(&answer, kind, &mut 0);
                }
            }
        }

        #[test]
        fn no_octets_are_taken_for_an_answer_by_accident_or_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(answer_to(&asked(), &octets).is_none());
        }
    }
}
