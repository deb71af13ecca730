use super::*;

fn parse(text: &str) -> Target {
    Target::parse(text).unwrap()
}

#[test]
fn every_part_of_a_url_is_percent_decoded() {
    let target = parse("mysql://us%40er:p%2Fw%25@db.example:3307/my%20db?ssl-mode=REQUIRED");
    assert_eq!(target.options.get_username(), "us@er");
    assert_eq!(target.options.get_database(), Some("my db"));
    assert_eq!(target.to_string(), "db.example:3307/my db");
    assert!(matches!(target.options.get_ssl_mode(), MySqlSslMode::Required));
}

#[test]
fn a_password_in_a_url_may_hold_an_at_sign_a_colon_and_a_question_mark_as_they_are() {
    let target = parse("mariadb://u:p@s:s#?&w@h/d");
    assert_eq!(
        (target.options.get_username(), target.to_string().as_str()),
        ("u", "h:3306/d")
    );
}

#[test]
fn a_dsn_of_the_go_driver_is_read_as_the_driver_reads_it() {
    let target =
        parse("schemahero:p/w@:%s@tcp(mysql:3310)/testdb?tls=skip-verify&parseTime=true&timeout=500ms");
    assert_eq!(target.options.get_username(), "schemahero");
    assert_eq!(target.to_string(), "mysql:3310/testdb");
    assert_eq!(target.connect_timeout, Duration::from_millis(500));
    assert!(matches!(target.options.get_ssl_mode(), MySqlSslMode::Required));
    assert_eq!(parse("u:p@tcp(mysql)/db").to_string(), "mysql:3306/db");
    assert_eq!(parse("u@tcp([::1]:3311)/db").to_string(), "[::1]:3311/db");
    assert_eq!(
        parse("u:p@unix(/run/mysqld.sock)/db?charset=utf8mb4").to_string(),
        "/run/mysqld.sock/db"
    );
    assert_eq!(parse("/db").to_string(), "localhost:3306/db");
    assert_eq!(parse("mysql://u:p://@tcp(h:1)/db").to_string(), "h:1/db");
}

#[test]
fn certificates_are_paths_or_texts_and_a_socket_is_a_host_too() {
    let target = parse("mysql://u@h/d?ssl_ca=-----BEGIN%20CERTIFICATE-----%0A&sslcert=/c.pem&ssl-key=/k.pem");
    assert_eq!(target.server(), "h:3306");
    assert_eq!(parse("mysql://u@%2Frun%2Fm.sock/d").to_string(), "/run/m.sock/d");
    assert_eq!(
        parse("mysql://u@/d?host=/run/m.sock").to_string(),
        "/run/m.sock/d"
    );
}

#[test]
fn a_text_without_a_database_is_refused() {
    for text in [
        "mysql://u:p@h",
        "mysql://u:p@h/",
        "u:p@tcp(h)/",
        "u:p@tcp(h)/?tls=true",
        "h",
    ] {
        assert!(Target::parse(text).is_err(), "{text}");
    }
}

#[test]
fn no_text_of_a_target_or_of_an_error_holds_the_password() {
    for text in ["mysql://u:canary@h:1/d", "u:canary@tcp(h:1)/d"] {
        let target = parse(text);
        assert!(!format!("{target:?} {target}").contains("canary"));
    }
    let texts = [
        "postgres://u:canary@h/d",
        "mysql://u:canary%zz@h/d",
        "mysql://u:canary@h:port/d",
        "mysql://u:canary@h/d?ssl-mode=maybe",
        "mysql://u:canary@h/d?unknown=1",
        "mysql://u:canary@h,i/d",
        "u:canary@tcp(h/d",
        "u:canary@udp(h)/d",
        "u:canary@tcp(h)/d?tls=custom",
        "u:canary@tcp(h)/d?timeout=soon",
        "canary",
    ];
    for text in texts {
        let error = Target::parse(text).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("canary"), "{error}");
    }
}
