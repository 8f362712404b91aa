//! The legal profile on a scripted transport (contract §7).

use std::sync::Arc;

use tenant_contacts_core::model::Fact;

use super::Partner;
use crate::{
    cloud::Cloud,
    send::Error,
    testing::{Script, endpoints, sender_to},
};

fn partner(script: &Script) -> Partner {
    let base = endpoints().partner().unwrap().join("v1/").unwrap();
    Partner::new(Arc::new(sender_to(script, Cloud::Global.partner_scope().unwrap(), base)))
}

const PROFILE: &str = r#"{"companyName":"Contoso","address":{"country":"DE"},"primaryContact":{"firstName":"Ada",
    "lastName":"Byron","email":"legal@contoso.com","phoneNumber":"1"},"companyApproverEmail":"boss@contoso.com",
    "vettingStatus":"authorized","profileType":"LegalBusinessProfile"}"#;

#[tokio::test(start_paused = true)]
async fn the_legal_profile_is_read_in_either_spelling_and_after_a_byte_order_mark() {
    let pascal = PROFILE
        .replace("primaryContact", "PrimaryContact")
        .replace("firstName", "FirstName")
        .replace("email", "Email")
        .replace("vettingStatus", "VettingStatus");
    for body in [PROFILE.to_owned(), format!("\u{feff}{PROFILE}"), pascal] {
        let script = Script::new();
        script.reply(200, &body);
        let profile = partner(&script).legal_profile().await.unwrap().unwrap();
        assert_eq!(profile.primary_contact, Fact::Present("legal@contoso.com".into()));
        assert_eq!(profile.primary_contact_name, Fact::Present("Ada Byron".into()));
        assert_eq!(profile.company_approver, Fact::Present("boss@contoso.com".into()));
        assert_eq!(profile.vetting_status, Fact::Present("authorized".into()));
        let seen = &script.requests()[0];
        let expected = "https://api.partnercenter.microsoft.com/v1/profiles/legalbusiness?vettingVersion=Current";
        assert_eq!((seen.request.method().as_str(), seen.request.uri().to_string().as_str()), ("GET", expected));
        assert!(script.logins()[0].body().contains("api.partnercenter.microsoft.com%2F.default"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_profile_does_not_say_is_unknown_and_what_it_leaves_empty_is_absent() {
    let script = Script::new();
    script.reply(200, r#"{"primaryContact":{"firstName":"Ada","lastName":null,"email":7},"companyApproverEmail":""}"#);
    let profile = partner(&script).legal_profile().await.unwrap().unwrap();
    assert!(profile.primary_contact.known().is_err());
    assert_eq!(profile.primary_contact_name, Fact::Present("Ada".into()));
    assert_eq!(profile.company_approver, Fact::Absent);
    assert!(profile.vetting_status.known().is_err());
}

#[tokio::test(start_paused = true)]
async fn no_partner_is_not_the_same_as_no_permission() {
    let script = Script::new();
    script.reply(404, r#"{"code":404,"description":"The resource was not found."}"#);
    assert!(partner(&script).legal_profile().await.unwrap().is_none());
    for status in [401, 403] {
        let script = Script::new();
        script.reply(status, r#"{"code":2032,"description":"Access denied."}"#);
        script.reply(status, r#"{"code":2032,"description":"Access denied."}"#);
        assert!(partner(&script).legal_profile().await.is_err(), "{status}");
    }
    // Its own shape of "slow down", and longer than a read waits.
    let script = Script::new();
    let body = r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}"#;
    script.reply_with(429, &[("retry-after", "57")], body);
    let error = partner(&script).legal_profile().await.err();
    assert!(matches!(error, Some(Error::Throttled { .. })), "{error:?}");
}
