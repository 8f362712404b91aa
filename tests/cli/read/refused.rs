//! What is asked for wrongly, and that nothing of it is ever written.

use testkit::cli::{binary, folder::Folder};

use super::reader::{self, OBSERVER, TENANT, contoso, embedded, served};

const VERBS: [&str; 3] = ["explain", "export", "worklist"];

#[test]
fn no_verb_that_reads_writes_anything() {
    let (office, folder) = (contoso(), Folder::new("read_writes_nothing"));
    let to = folder.root().join("exported");
    let before = office.simulator.truth();
    for (code, args) in [
        (2, &["explain"][..]),
        (2, &["explain", "Billing", "-o", "html"]),
        (2, &["explain", "--read-only"]),
        (2, &["worklist"]),
        (2, &["worklist", "--read-only"]),
        (0, &["export"]),
        (0, &["export", "--read-only", "--private", "secrets", "--to", to.to_str().unwrap()]),
    ] {
        let answer = served(&office, args);
        assert_eq!(answer.code, code, "{args:?}: {}", answer.err);
    }
    assert_eq!(office.journal(), []);
    assert!(office.simulator.journal(0).is_empty(), "nobody writes");
    assert_eq!(office.simulator.truth(), before);
    // Items of batches are counted by what they do, too. Exchange is asked by POST: there the cmdlet's name tells.
    for (operation, _) in office.simulator.statistics().operations {
        let (method, what) = operation.split_once(' ').unwrap();
        let asks = what == "token" || what.ends_with("$batch") || what.starts_with("Get-");
        let reads = method == "GET" || (method == "POST" && asks);
        assert!(reads, "{operation}");
    }
}

#[test]
fn without_a_tenant_it_says_what_to_give() {
    for verb in VERBS {
        let answer = binary::call([verb]);
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{verb}");
        for way in ["--manifests DIR", "--simulate", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"] {
            assert!(answer.err.contains(way), "{way}: {}", answer.err);
        }
    }
}

#[test]
fn a_tenant_without_a_way_to_sign_in_names_the_ways() {
    let environment = [("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", OBSERVER)];
    let answer = binary::call_with(["explain"], environment);
    assert_eq!(answer.code, 1, "{answer:#?}");
    for way in ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"] {
        assert!(answer.err.contains(way), "{way}: {}", answer.err);
    }
}

#[test]
fn an_id_that_is_none_is_refused_by_the_name_of_its_variable() {
    for (name, tenant, client) in
        [("AZURE_TENANT_ID", "contoso.com", OBSERVER), ("AZURE_CLIENT_ID", TENANT, "tenant-contacts")]
    {
        let environment =
            [("AZURE_TENANT_ID", tenant), ("AZURE_CLIENT_ID", client), ("AZURE_CLIENT_SECRET", reader::SECRET)];
        let answer = binary::call_with(["explain"], environment);
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{answer:#?}");
        assert!(answer.err.starts_with(&format!("error: {name} is not an id")), "{}", answer.err);
    }
}

#[test]
fn a_wrong_secret_is_said_with_its_remedy_and_shown_nowhere() {
    let (office, wrong) = (contoso(), "zq-not-the-secret-zq");
    for args in [&["explain"][..], &["explain", "-o", "json"], &["explain", "-o", "sarif"], &["export"], &["worklist"]]
    {
        let answer = reader::with_secret(office.address, args, wrong);
        assert_eq!(answer.code, 1, "{args:?}");
        assert!(answer.err.contains("AuthenticationFailed: the client secret is wrong"), "{args:?}: {}", answer.err);
        assert!(answer.err.contains("Check the application id and its secret"), "{args:?}: {}", answer.err);
        assert!(!format!("{}{}", answer.out, answer.err).contains("zq-"), "{args:?}");
        assert!(!answer.out.contains("Nothing to do"), "{args:?}: what was not read is not well");
    }
}

#[test]
fn a_kind_of_notice_that_there_is_not_is_refused() {
    let answer = embedded(&["explain", "Biling"]);
    assert_eq!((answer.code, answer.out.as_str()), (1, ""), "2 would be an answer");
    for word in ["'Biling'", "'Billing'", "PartnerVerification"] {
        assert!(answer.err.contains(word), "{word}: {}", answer.err);
    }
}

#[test]
fn a_kind_of_notice_that_stands_where_a_seed_would_is_told_its_place() {
    let answer = binary::call(["explain", "--simulate", "Billing"]);
    assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{answer:#?}");
    assert!(answer.err.contains("`explain Billing --simulate`"), "{}", answer.err);
}
