//! Help texts: stable, with examples, for every command.

use super::{ok, qnas};

/// Every command of the binary.
fn commands() -> Vec<String> {
    let help = ok(&["--help"]);
    let list = help.split("Commands:\n").nth(1).expect("a list of commands");
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).filter(|name| name != "help").collect()
}

#[test]
fn every_command_shows_how_it_is_used() {
    let commands = commands();
    for expected in ["check", "fmt", "space", "cost", "draw", "ir", "data", "explain", "list", "completions"] {
        assert!(commands.iter().any(|name| name == expected), "{commands:?}");
    }
    for name in commands {
        let help = ok(&[&name, "--help"]);
        assert!(help.contains("Examples:"), "{name}");
        assert!(help.contains(&format!("qnas {name}")), "{name}");
        for line in help.lines().filter(|line| !line.trim_start().starts_with("qnas ")) {
            assert!(line.chars().count() <= 140, "{name}: {line}");
        }
    }
}

#[test]
fn help_texts_look_as_they_did() {
    for name in ["check", "fmt", "space", "cost", "draw", "ir", "explain", "list", "completions"] {
        insta::assert_snapshot!(format!("help_{name}"), ok(&[name, "--help"]));
    }
    insta::assert_snapshot!("help_data_info", ok(&["data", "info", "--help"]));
}

#[test]
fn slips_get_the_nearest_name() {
    for (args, near) in [
        (["spce"].as_slice(), "space"),
        (&["space", "examples/faqnas.qnas", "--enumerat"], "--enumerate"),
        (&["list", "gate"], "gates"),
        (&["check", "a.qnas", "--format", "jsn"], "json"),
    ] {
        let ran = qnas(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(near), "{args:?}\n{}", ran.err);
    }
    assert_eq!(qnas(&[]).code, 2, "without a command there is only help");
    assert_eq!(qnas(&["--version"]).code, 0);
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = ok(&["completions", shell]);
        assert!(script.contains("space") && script.contains("explain"), "{shell}");
    }
}
