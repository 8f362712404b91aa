//! Rules that move mail.

use std::collections::HashSet;

use tenant_contacts_core::landscape::{InboxRule, InboxRules, Reference, TransportRule, TransportVerdict, fold};

use super::Names;
use crate::object::{Object, Unreadable, begins, optional};

/// Conditions of a mail flow rule that are read one by one.
const READ_OF_TRANSPORT: [&str; 14] = [
    "From",
    "FromMemberOf",
    "FromScope",
    "SenderDomainIs",
    "SentTo",
    "SentToMemberOf",
    "SentToScope",
    "RecipientDomainIs",
    "ExceptIfFrom",
    "ExceptIfFromMemberOf",
    "ExceptIfSenderDomainIs",
    "ExceptIfSentTo",
    "ExceptIfSentToMemberOf",
    "ExceptIfRecipientDomainIs",
];

/// How the names of a mail flow rule's conditions begin (parameters of New-TransportRule). Exceptions begin `ExceptIf`.
const CONDITIONS_OF_TRANSPORT: [&str; 23] = [
    "ADComparison",
    "AnyOf",
    "Attachment",
    "BetweenMember",
    "Content",
    "ExceptIf",
    "From",
    "HasClassification",
    "HasNoClassification",
    "HasSender",
    "Header",
    "Manager",
    "MessageContains",
    "MessageSize",
    "MessageType",
    "Recipient",
    "SCLOver",
    "Sender",
    "SentTo",
    "Subject",
    "WithImportance",
    "ActivationDate",
    "ExpiryDate",
];

/// Properties whose names begin like conditions and that say how a rule works, not when (New-TransportRule).
const SETTINGS_OF_TRANSPORT: [&str; 2] = ["SenderAddressLocation", "RecipientAddressType"];

/// Actions after which nothing can be said of where the message goes: another server has it, or the sender's manager.
const AWAY: [&str; 2] = ["RouteMessageOutboundConnector", "AddManagerAsRecipientType"];

/// How the names of an inbox rule's conditions begin (parameters of New-InboxRule).
const CONDITIONS_OF_INBOX: [&str; 16] = [
    "BodyContains",
    "ExceptIf",
    "Flagged",
    "FromAddress",
    "FromSubscription",
    "HasAttachment",
    "HasClassification",
    "HeaderContains",
    "MessageType",
    "MyName",
    "Received",
    "RecipientAddress",
    "SentOnlyToMe",
    "SentTo",
    "Subject",
    "With",
];

/// A condition and an exception on words of the sender's address, of both kinds of rules.
const SENDER_WORDS: &str = "FromAddressContainsWords";
const EXCEPT_SENDER_WORDS: &str = "ExceptIfFromAddressContainsWords";

/// Words of an address that are a whole address or a domain, as senders are named. `None`: part of one, of which it cannot be said
/// whose it is.
fn sender_words(rule: &Object, name: &'static str) -> Result<Option<Box<[Reference]>>, Unreadable> {
    let words = optional(rule.texts(name), rule, name)?;
    let whole = |word: &&str| {
        let word = word.strip_prefix('@').unwrap_or(word);
        word.contains('.') && !word.starts_with('.') && !word.contains(char::is_whitespace) && !word.starts_with('@')
    };
    let all = words.iter().all(whole);
    Ok(all.then(|| words.into_iter().map(|word| Reference::Address(fold(word))).collect()))
}

/// Whom a rule takes mail from by name or by such words: both must hold, so that of both it cannot be said. The flag says whether it
/// has been read.
fn by_name_or_words(from: Box<[Reference]>, words: Option<Box<[Reference]>>) -> (Box<[Reference]>, bool) {
    match words {
        Some(words) if words.is_empty() => (from, true),
        Some(words) if from.is_empty() => (words, true),
        Some(_) | None => (from, false),
    }
}

/// Whom a rule leaves alone: one exception suffices.
fn excepted(named: Box<[Reference]>, words: Option<Box<[Reference]>>) -> (Box<[Reference]>, bool) {
    match words {
        Some(words) => (named.into_iter().chain(words).collect(), true),
        None => (named, false),
    }
}

/// Enabled mail flow rules, the first to apply first.
pub(super) fn transport_rules(rules: &[Object], names: &Names) -> Result<Box<[TransportRule]>, Unreadable> {
    let mut ordered = Vec::new();
    for rule in rules {
        if rule.some_text("State")?.eq_ignore_ascii_case("Enabled") {
            ordered.push((rule.number("Priority")?.ok_or(Unreadable)?, transport_rule(rule, names)?));
        }
    }
    ordered.sort_by_key(|(priority, _)| *priority);
    Ok(ordered.into_iter().map(|(_, rule)| rule).collect())
}

fn transport_rule(rule: &Object, names: &Names) -> Result<TransportRule, Unreadable> {
    let texts = |name: &'static str| optional(rule.texts(name), rule, name);
    let folded = |name: &'static str| -> Result<Box<[Box<str>]>, Unreadable> {
        Ok(texts(name)?.into_iter().map(fold).collect())
    };
    let people = |name: &'static str| -> Result<Box<[Reference]>, Unreadable> {
        Ok(texts(name)?.into_iter().map(|one| names.person(one)).collect())
    };
    let lists = |name: &'static str| -> Result<Box<[Reference]>, Unreadable> { Ok(names.targets(&texts(name)?)) };
    // Whether it is about inside; scopes of partner domains are a condition that cannot be judged.
    let scope = |name: &'static str| -> Result<(Option<bool>, bool), Unreadable> {
        Ok(match optional(rule.text(name), rule, name)? {
            Some("InOrganization") => (Some(true), false),
            Some("NotInOrganization") => (Some(false), false),
            Some(_) => (None, true),
            None => (None, false),
        })
    };
    let ((from_inside, strange_from), (to_inside, strange_to)) = (scope("FromScope")?, scope("SentToScope")?);
    let (from, from_read) = by_name_or_words(people("From")?, sender_words(rule, SENDER_WORDS)?);
    let (except_from, except_read) = excepted(people("ExceptIfFrom")?, sender_words(rule, EXCEPT_SENDER_WORDS)?);
    let words = [(SENDER_WORDS, from_read), (EXCEPT_SENDER_WORDS, except_read)];
    let other = rule.telling().any(|name| {
        let is_condition = CONDITIONS_OF_TRANSPORT.iter().any(|start| begins(name, start));
        let is_one_of = |names: &[&str]| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        let read = words.iter().any(|(one, read)| *read && one.eq_ignore_ascii_case(name));
        let known = read || is_one_of(&READ_OF_TRANSPORT) || is_one_of(&SETTINGS_OF_TRANSPORT);
        is_condition && !known
    });
    Ok(TransportRule {
        name: rule.some_text("Name")?.into(),
        enforced: rule.some_text("Mode")?.eq_ignore_ascii_case("Enforce"),
        from_outside: from_inside.map(|inside| !inside),
        to_inside,
        from,
        from_members_of: lists("FromMemberOf")?,
        sender_domains: folded("SenderDomainIs")?,
        sent_to: people("SentTo")?,
        sent_to_members_of: lists("SentToMemberOf")?,
        recipient_domains: folded("RecipientDomainIs")?,
        except_from,
        except_from_members_of: lists("ExceptIfFromMemberOf")?,
        except_sender_domains: folded("ExceptIfSenderDomainIs")?,
        except_sent_to: people("ExceptIfSentTo")?,
        except_sent_to_members_of: lists("ExceptIfSentToMemberOf")?,
        except_recipient_domains: folded("ExceptIfRecipientDomainIs")?,
        // Every rule prints them, as null where they are not set: what is not printed may be set.
        other_conditions: other || strange_from || strange_to || !READ_OF_TRANSPORT.iter().all(|name| rule.has(name)),
        verdicts: verdicts(rule, names)?,
        stops: optional(rule.is("StopRuleProcessing"), rule, "StopRuleProcessing")?,
    })
}

fn verdicts(rule: &Object, names: &Names) -> Result<Box<[TransportVerdict]>, Unreadable> {
    let targets = |properties: &[&'static str]| -> Result<Box<[Reference]>, Unreadable> {
        let mut targets = Vec::new();
        for name in properties {
            targets.extend(optional(rule.texts(name), rule, name)?.into_iter().map(|text| names.target(text)));
        }
        Ok(targets.into())
    };
    let is = |name: &'static str| optional(rule.is(name), rule, name);
    let says = |name: &'static str| Ok(optional(rule.text(name), rule, name)?.is_some());
    let mut verdicts = Vec::new();
    if let Some(level) = optional(rule.number("SetSCL"), rule, "SetSCL")? {
        verdicts.push(TransportVerdict::SetScl(i8::try_from(level).map_err(|_| Unreadable)?));
    }
    let redirect = targets(&["RedirectMessageTo"])?;
    if !redirect.is_empty() {
        verdicts.push(TransportVerdict::Redirect(redirect));
    }
    let also = targets(&["BlindCopyTo", "CopyTo", "AddToRecipients"])?;
    if !also.is_empty() {
        verdicts.push(TransportVerdict::AlsoTo(also));
    }
    if rule.telling().any(|name| AWAY.iter().any(|one| one.eq_ignore_ascii_case(name))) {
        verdicts.push(TransportVerdict::Elsewhere);
    }
    let moderators = !optional(rule.texts("ModerateMessageByUser"), rule, "ModerateMessageByUser")?.is_empty();
    let rejects = says("RejectMessageReasonText")? || says("RejectMessageEnhancedStatusCode")?;
    for (applies, verdict) in [
        (is("DeleteMessage")?, TransportVerdict::Delete),
        (is("Quarantine")?, TransportVerdict::Quarantine),
        (rejects, TransportVerdict::Reject),
        (moderators || is("ModerateMessageByManager")?, TransportVerdict::Moderate),
    ] {
        if applies {
            verdicts.push(verdict);
        }
    }
    Ok(verdicts.into())
}

/// Whether a listing with hidden rules leaves open which ones are hidden: whether `IsHidden` is printed is not documented.
pub(crate) fn leaves_hidden_open(rules: &[Object]) -> bool {
    rules.iter().any(|rule| !rule.has("IsHidden"))
}

/// Enabled inbox rules, in the order in which they apply, hidden ones among them. `shown` are the rules that a listing without
/// the hidden ones gives, where it takes that to tell them apart.
pub(crate) fn inbox_rules(rules: &[Object], shown: Option<&[Object]>, names: &Names) -> Result<InboxRules, Unreadable> {
    let mut visible = HashSet::new();
    for rule in shown.unwrap_or_default() {
        visible.insert(rule.some_text("Identity")?);
    }
    let mut ordered = Vec::new();
    for rule in rules {
        // Null is neither, and a rule that is left out may be the one that takes the mail away.
        if rule.flag("Enabled")?.ok_or(Unreadable)? {
            // Hidden rules have no place in the order that people see; they come first, as the server runs them.
            let priority = optional(rule.number("Priority"), rule, "Priority")?.unwrap_or(0);
            let hidden = match shown {
                Some(_) => !visible.contains(rule.some_text("Identity")?),
                None => optional(rule.is("IsHidden"), rule, "IsHidden")?,
            };
            ordered.push((priority, InboxRule { hidden, ..inbox_rule(rule, names)? }));
        }
    }
    ordered.sort_by_key(|(priority, _)| *priority);
    Ok(InboxRules { rules: ordered.into_iter().map(|(_, rule)| rule).collect(), hidden_read: true })
}

fn inbox_rule(rule: &Object, names: &Names) -> Result<InboxRule, Unreadable> {
    let targets = |properties: &[&'static str]| -> Result<Box<[Reference]>, Unreadable> {
        let mut targets = Vec::new();
        for name in properties {
            targets.extend(rule.texts(name)?.into_iter().map(|text| names.target(text)));
        }
        Ok(targets.into())
    };
    let is = |name: &'static str| optional(rule.is(name), rule, name);
    let people = |name: &'static str| -> Result<Box<[Reference]>, Unreadable> {
        Ok(optional(rule.texts(name), rule, name)?.into_iter().map(|text| names.person(text)).collect())
    };
    let (from, from_read) = by_name_or_words(people("From")?, sender_words(rule, SENDER_WORDS)?);
    let (except_from, except_read) = excepted(people("ExceptIfFrom")?, sender_words(rule, EXCEPT_SENDER_WORDS)?);
    let read = [("From", true), ("ExceptIfFrom", true), (SENDER_WORDS, from_read), (EXCEPT_SENDER_WORDS, except_read)];
    Ok(InboxRule {
        name: optional(rule.text("Name"), rule, "Name")?.unwrap_or_default().into(),
        hidden: false,
        from,
        except_from,
        // As of mail flow rules: what is not printed may be set.
        other_conditions: !rule.has("From")
            || rule.telling().any(|name| {
                CONDITIONS_OF_INBOX.iter().any(|start| begins(name, start))
                    && !read.iter().any(|(one, read)| *read && one.eq_ignore_ascii_case(name))
            }),
        forward_to: targets(&["ForwardTo", "ForwardAsAttachmentTo"])?,
        redirect_to: targets(&["RedirectTo"])?,
        deletes: rule.flag("DeleteMessage")?.ok_or(Unreadable)? || is("SoftDeleteMessage")?,
        // Every rule prints it, as null where it moves nothing.
        moves_to: rule.text("MoveToFolder")?.map(Into::into),
        stops: is("StopProcessingRules")?,
    })
}
