//! `cargo xtask`: the commands that build, show and test filechute. `cargo xtask help` lists them.

mod bench;
mod demo;
mod leptos;
mod lockfile;
mod names;
mod npm;
mod package;
mod place;
mod run;
mod say;
mod setup;
mod sim;
mod size;
mod split;
mod stamp;
mod test;
mod wasm;
mod workspace;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use lexopt::{Arg, Parser, ValueExt};

use crate::place::Place;

const HELP: &str = "\
cargo xtask COMMAND

  demo [--port N] [--data DIR] [--no-open] [--dev]
        sets up what is missing, builds the widget and serves the demo page (port 8080, objects in target/demo-bucket)
  npm [--dev] [--no-build-std]
        builds pkg/, ready for `npm pack`; --dev is quicker and larger
  size  prints the bytes of the bundles against their budgets; fails over budget
  test [--only LAYER]...
        every layer of tests, or only those named: fmt, licences, lint, js, clippy, native, doc,
        browser, npm, e2e, interop
  e2e [ARGUMENTS]
        the end-to-end tests; arguments go to their runner
  bench [--quick]
        measures the element beside Uppy's Dashboard and writes docs/benchmark.md; --quick looks whether all works
  sim SEED
        replays a run of the engine's simulation
  words writes the languages for Rust anew, from those of the element
  setup [--all]
        installs what building needs; with --all, what the tests need as well
  help  this text
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\x1b[31merror:\x1b[0m {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<ExitCode> {
    let mut arguments = Parser::from_env();
    let name = match arguments.next()? {
        Some(Arg::Value(name)) => name.string()?,
        Some(Arg::Long("help") | Arg::Short('h')) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    if asks_for_help(&name, std::env::args().skip(2)) {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let place = Place::find()?;
    match name.as_str() {
        "demo" => demo::demo(&place, &demo_options(arguments)?)?,
        "npm" => {
            let [quick, plain] = switches(arguments, ["dev", "no-build-std"])?;
            npm::command(&place, quick, plain)?;
        }
        "size" => {
            let [] = switches(arguments, [])?;
            return size::size(&place);
        }
        "test" => return test::test(&place, &layers(arguments)?, Vec::new()),
        "e2e" => {
            let rest = arguments.raw_args()?.map(ValueExt::string).collect::<Result<Vec<_>, _>>()?;
            return test::test(&place, &["e2e".to_owned()], rest);
        }
        "bench" => {
            let [quick] = switches(arguments, ["quick"])?;
            bench::bench(&place, quick)?;
        }
        "sim" => {
            let seed = arguments.value()?.string()?;
            let [] = switches(arguments, [])?;
            sim::sim(&place, &seed)?;
        }
        "words" => {
            let [] = switches(arguments, [])?;
            run::run(Command::new("node").current_dir(&place.root).arg("crates/xtask/js/rust-words.mjs"))?;
        }
        "setup" => {
            let [all] = switches(arguments, ["all"])?;
            setup::setup(&place, all)?;
        }
        "help" => print!("{HELP}"),
        other => bail!("no command `{other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Behind a command as well, unless its arguments are for another program.
fn asks_for_help(command: &str, mut rest: impl Iterator<Item = String>) -> bool {
    command != "e2e" && rest.any(|argument| argument == "--help" || argument == "-h")
}

fn demo_options(mut arguments: Parser) -> Result<demo::Options> {
    let mut options = demo::Options { port: 8080, data: None, open: true, quick: false };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("port") => options.port = arguments.value()?.parse()?,
            // Where the person is, not where cargo puts us.
            Arg::Long("data") => options.data = Some(std::env::current_dir()?.join(PathBuf::from(arguments.value()?))),
            Arg::Long("no-open") => options.open = false,
            Arg::Long("dev") => options.quick = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// The layers named by `--only`, apart or joined by commas.
fn layers(mut arguments: Parser) -> Result<Vec<String>> {
    let mut only = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("only") => only.extend(arguments.value()?.string()?.split(',').map(str::to_owned)),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(only)
}

/// Which of these `--switches` are there; anything else is an error.
fn switches<const N: usize>(mut arguments: Parser, names: [&str; N]) -> Result<[bool; N]> {
    let mut found = [false; N];
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long(name) if names.contains(&name) => {
                found = std::array::from_fn(|index| found[index] || names[index] == name);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::asks_for_help;

    #[test]
    fn help_may_stand_behind_a_command() {
        let asks = |command, argument: &str| asks_for_help(command, [argument.to_owned()].into_iter());
        assert!(asks("demo", "--help") && asks("test", "-h"));
        // Their runner has a help of its own.
        assert!(!asks("e2e", "--help") && !asks("demo", "--no-open"));
    }
}
