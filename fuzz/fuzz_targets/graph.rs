#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tenant_contacts_fuzz::graph::run(data));
