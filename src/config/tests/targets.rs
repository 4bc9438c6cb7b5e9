//! Targets: which one, how safe, how complete, and whose password.

use super::*;

#[test]
fn an_address_must_be_safe() {
    let told = |url: &str, more: &str| {
        let target = TARGET.replace("https://erp.example.com/", url);
        Typing::file(&format!("{target}{more}")).destination().err()
    };
    for url in [
        "http://erp.example.com",
        "ftp://x",
        "erp",
        "https://u:p@erp.example.com",
        "https://x/?a=1",
        "https://u:p@erp example.com",
        "https://u:p@erp.example.com:port",
    ] {
        let told = told(url, "").expect("refused");
        assert!(told.contains("[targets.demo] base_url") && !told.contains(":p@"), "{told}");
    }
    for url in [
        "http://127.0.0.1:80",
        "http://localhost",
        "http://[::1]:8080",
        "https://erp.example.com/x",
    ] {
        assert_eq!(told(url, ""), None, "{url}");
    }
    assert_eq!(told("http://erp.example.com", "allow_http = true\n"), None);
}

#[test]
fn a_target_must_be_known_and_complete() {
    let two = format!("{TARGET}{}", TARGET.replace("demo", "live"));
    let told = |typing: Typing| typing.destination().expect_err("refused");
    assert!(told(Typing::file("")).contains("--sandbox"));
    assert!(told(Typing::file(&two)).contains("demo, live"));
    assert!(told(Typing::file(&two).flag("--target=lvie")).contains("did you mean live"));
    assert_eq!(
        Typing::file(&format!("default_target = \"live\"\n{two}"))
            .destination()
            .expect("one")
            .target
            .name,
        "live"
    );
    for key in ["base_url", "data_source", "user_name"] {
        let kept: Vec<&str> = TARGET.lines().filter(|line| !line.starts_with(key)).collect();
        let without = kept.join(
            "
",
        );
        assert!(told(Typing::file(&without)).contains(&format!("[targets.demo] {key} is missing")));
    }
    for line in [
        "request_timeout = \"soon\"",
        "backoff = \"30s..1s\"",
        "wait_for_endpoint = \"-1s\"",
        "connect_timeout = \"2562047788015215h\"",
    ] {
        let key = line.split(' ').next().expect("a key");
        assert!(told(Typing::file(&format!("{TARGET}{line}\n"))).contains(key), "{line}");
    }
}

#[cfg(unix)]
#[test]
fn a_password_comes_from_a_private_file_or_a_program() {
    use std::os::unix::fs::PermissionsExt as _;
    let password = |typing: &Typing| {
        let secrets = typing.destination()?.secrets;
        Ok::<_, String>(secrets.password.map(|password| password.expose_secret().to_owned()))
    };
    let file = Typing::file(&format!("{TARGET}password_file = \"secret.txt\"\n"));
    let path = file.folder.path().join("secret.txt");
    std::fs::write(&path, "p w\r\n").expect("written");
    let with_mode =
        |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
    with_mode(0o644);
    assert!(password(&file).expect_err("open to others").contains("chmod 600"));
    with_mode(0o600);
    assert_eq!(password(&file), Ok(Some("p w".into())));
    std::fs::write(&path, "\u{feff}p w\n").expect("written");
    assert_eq!(password(&file), Ok(Some("p w".into())), "as Windows' editor saves it");
    std::fs::write(&path, "\n").expect("written");
    assert!(password(&file).expect_err("no password").contains("is blank"));
    let command = |line: &str| Typing::file(&format!("{TARGET}password_command = {line}\n"));
    assert_eq!(password(&command("\"echo 'p w'\"")), Ok(Some("p w".into())));
    let tells =
        command("[\"sh\", \"-c\", \"echo x$ROWPATCH_AUTH_TOKEN\"]").env("ROWPATCH_AUTH_TOKEN", "t");
    assert_eq!(password(&tells), Ok(Some("x".into())), "no secret in its environment");
    assert!(password(&command("\"false\"")).expect_err("it fails").contains("failed"));
}

#[test]
fn certificates_are_sought_beside_the_file_that_names_them() {
    let typing = Typing::file(&format!("{TARGET}ca_file = \"ca.pem\"\n"));
    let target = typing.destination().expect("complete").target;
    assert_eq!(target.ca_file, Some(typing.folder.path().join("ca.pem")));
}
