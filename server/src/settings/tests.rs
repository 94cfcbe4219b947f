//! Unit tests of `settings`.

use super::*;

fn gather(flags: &Flags, env: &[(&str, &str)], file: &str) -> Result<Settings, InvalidSettings> {
    let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Settings::gather(flags, env, Path::new("weheard.toml"), file)
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let file = "port = 1001\nemail_from = 'Panel <panel@example.com>'\nbase_url = 'https://cap.example.com/'";
    let settings = gather(&Flags::default(), &[("PORT", "1002"), ("WEHEARD_SMTP", "")], file).expect("good settings");
    assert_eq!((settings.port, settings.base_url.as_str(), settings.smtp), (1002, "https://cap.example.com", None));
    assert_eq!(settings.email_from, "Panel <panel@example.com>");
    let flags = Flags { port: Some("1003".into()), ..Flags::default() };
    assert_eq!(gather(&flags, &[("PORT", "1002")], file).expect("good settings").port, 1003);
}

#[test]
fn every_mistake_is_listed_at_once_and_no_password_is_repeated() {
    let flags = Flags { bind: Some("everywhere".into()), ..Flags::default() };
    let env = [("PORT", "70000"), ("DATABASE_URL", "mysql://root:hunter2@db/x"), ("WEHEARD_LOG", "xml")];
    let mistakes = gather(&flags, &env, "prot = 1\nupload_mb = true\nbase_url = 'cap.example.com'").expect_err("mistakes");
    let text = mistakes.to_string();
    for part in ["--bind", "PORT", "DATABASE_URL", "WEHEARD_LOG", "“prot”", "upload_mb", "base_url", "7 settings"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    assert!(!text.contains("hunter2"));
}

#[test]
fn the_sender_of_emails_is_still_read_by_its_former_names() {
    let new = "email_from = 'New <new@example.com>'\n";
    let old = "mail_from = 'Old <old@example.com>'";
    let sender = |env: &[(&str, &str)], file: &str| gather(&Flags::default(), env, file).expect("good settings").email_from;
    assert_eq!(sender(&[], old), "Old <old@example.com>");
    assert_eq!(sender(&[("WEHEARD_MAIL_FROM", "env@example.com")], new), "env@example.com", "a variable goes before the file");
    assert_eq!(sender(&[], &format!("{new}{old}")), "New <new@example.com>", "the present name goes first");
    let mistakes = gather(&Flags::default(), &[], "mail_from = 'nobody'").expect_err("a mistake").to_string();
    assert!(mistakes.contains("mail_from in weheard.toml: “nobody” is invalid"), "it is named as it was given: {mistakes}");
}

#[test]
fn networks_for_webhooks_are_named_and_the_old_switch_says_so() {
    let settings = gather(&Flags::default(), &[("WEHEARD_WEBHOOK_NETWORKS", "10.1.0.0/16, 127.0.0.1")], "private_webhooks = 'no'");
    let networks = settings.expect("good settings").webhook_networks;
    assert!(networks.may_call([10, 1, 2, 3].into()) && !networks.may_call([10, 2, 0, 1].into()));
    let old = Flags { private_webhooks: Some("yes".into()), ..Flags::default() };
    let text = gather(&old, &[], "webhook_networks = '10.0.0.0/99'").expect_err("mistakes").to_string();
    assert!(text.contains("replaced by webhook_networks") && text.contains("“10.0.0.0/99” is not a network"), "{text}");
}

#[test]
fn the_address_that_people_use_is_an_origin() {
    for bad in [
        "cap.example.com",
        "https://cap.example.com/app",
        "ftp://cap.example.com",
        "https://user@cap.example.com",
        "https://cap.example.com?x",
    ] {
        assert!(gather(&Flags { base_url: Some(bad.into()), ..Flags::default() }, &[], "").is_err(), "{bad}");
    }
}

#[test]
fn a_file_that_is_not_toml_is_said_so() {
    let mistakes = gather(&Flags::default(), &[], "port: 3000").expect_err("a mistake");
    assert!(mistakes.0[0].contains("weheard.toml is not valid TOML"));
}
