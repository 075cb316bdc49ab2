//! What the formatter does to small programs, by example; the properties are in `tests/it/fmt.rs`.

use super::format;

fn check(text: &str, expected: &str) {
    let once = format(text).expect("a program");
    assert_eq!(once, expected, "formatted once");
    assert_eq!(format(&once).expect("still a program"), once, "formatted twice");
}

#[test]
fn spaces_are_canonical() {
    check("const   a=-1+2 **n  ;", "const a = -1 + 2 ** n;\n");
    check("use std :: embed::{ Embedding,embed } ;", "use std::embed::{Embedding, embed};\n");
    check(
        "#[ allow( unused-name ,\"why\") ] const a=f [1](x , y:2) . z;",
        "#[allow(unused-name, \"why\")]\nconst a = f[1](x, y: 2).z;\n",
    );
    check("const a=choose 2 of[1,2]  ordered ;", "const a = choose 2 of [1, 2] ordered;\n");
    check("const a = 0 ..= 10 step - 2;", "const a = 0..=10 step -2;\n");
    check(
        "fn f( n )=match n{-1|2=>!true,_=>log( n)>= 2};",
        "fn f(n) = match n { -1 | 2 => !true, _ => log(n) >= 2 };\n",
    );
    check(
        "gate g[n]q[n]{ctrl(2)@inv@rx(weight[n]~normal(0,1))q[0],q[1];}",
        "gate g[n] q[n] { ctrl(2) @ inv @ rx(weight[n] ~ normal(0, 1)) q[0], q[1]; }\n",
    );
    check("const a = (b,);const c = [1,2,];", "const a = (b,);\nconst c = [1, 2];\n");
}

#[test]
fn broken_lists_get_their_brackets_and_commas() {
    check("const a = [1,\n2, 3];\n", "const a = [\n    1,\n    2, 3,\n];\n");
    check("search s { seed: 1,\n\n\n model: m }", "search s {\n    seed: 1,\n\n    model: m,\n}\n");
    check("model m(x)\n{\n x |> f\n|> g\n}", "model m(x) {\n    x |> f\n        |> g\n}\n");
    check(
        "gate g q {\nif a { x q; }\nelse { h q; } h q;\n\n}",
        "gate g q {\n    if a { x q; } else { h q; } h q;\n}\n",
    );
}

#[test]
fn comments_stay_where_they_are() {
    check(
        "//! File.\n\n\n\n/// Doc.\nconst a = 1;// one\n// two\n\n// end",
        "//! File.\n\n/// Doc.\nconst a = 1;  // one\n// two\n\n// end\n",
    );
    check(
        "const a = [ // first\n1, // one\n2 // two\n];",
        "const a = [  // first\n    1,  // one\n    2,  // two\n];\n",
    );
    check("gate g q { // why\nx q;\n// last\n}", "gate g q {  // why\n    x q;\n    // last\n}\n");
    check("const a = 1 + // plus\n2;", "const a = 1 +  // plus\n    2;\n");
}

#[test]
fn what_follows_a_block_breaks_the_bracket_around_both() {
    check(
        "fn f(i: int) = match i { 0 => 1, 1 => {\n// why\n2 } _ => 3 };",
        "fn f(i: int) = match i {\n    0 => 1,\n    1 => {\n        // why\n        2\n    }\n    _ => 3,\n};\n",
    );
}

#[test]
fn columns_that_were_lined_up_stay_so() {
    check("gate g q {\nlet a   = 1;\nlet bcd = 2;\n}", "gate g q {\n    let a   = 1;\n    let bcd = 2;\n}\n");
    check("gate g q {\nlet a = 1;\nlet bcd = 2;\n}", "gate g q {\n    let a = 1;\n    let bcd = 2;\n}\n");
    check("search s {\n  seed:  1,\n  model: m,\n}", "search s {\n    seed:  1,\n    model: m,\n}\n");
    check("search s {\n  seed:  1,\n  data: d,\n}", "search s {\n    seed: 1,\n    data: d,\n}\n");
}

#[test]
fn long_lines_are_broken_at_their_widest_bracket() {
    let long = "strategy_with_a_long_name";
    let text =
        format!("search s {{ seed: 1, strategy: {long}(population: {long}, generations: {long}, crossover: {long}) }}");
    check(
        &text,
        &format!(
            "search s {{\n    seed: 1,\n    strategy: {long}(\n        population: {long},\n        generations: {long},\n        crossover: {long},\n    ),\n}}\n"
        ),
    );
}

#[test]
fn what_does_not_parse_is_not_formatted() {
    assert!(format("const a = ;").is_err());
}
