//! Long runs and hard ends: processes killed at random, disks that fill up, memory over a hundred thousand evaluations.

use super::Plan;
use super::problems::circuit_scores;
use super::spaces::circuits;
use qnas::driver::random::{below, stream};
use qnas::driver::search::{Event, Journal, Sink};
use qnas::hir::Value;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A search of some seconds: many short evaluations.
fn source() -> String {
    include_str!("../../../examples/faqnas.qnas")
        .replace("choose 2..=10", "choose 2..=3")
        .replace("population: 20, generations: 8", "population: 8, generations: 5")
        .replace("epochs: 20", "epochs: 2")
}

/// A folder with the search in it, and the journal of a run that nothing disturbed.
struct Place {
    folder: tempfile::TempDir,
    whole: Vec<u8>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("s.qnas"), source()).expect("written");
        let mut place = Self { folder, whole: Vec::new() };
        let output = place.output(place.search(&["--out", "whole"]));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        place.whole = place.journal("whole");
        place
    }

    fn path(&self, run: &str) -> PathBuf {
        self.folder.path().join(run)
    }

    fn journal(&self, run: &str) -> Vec<u8> {
        std::fs::read(self.path(run).join("journal.jsonl")).unwrap_or_default()
    }

    fn search(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qnas"));
        command.args(["search", "s.qnas"]).args(args).current_dir(self.folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn output(&self, mut command: Command) -> Output {
        command.output().expect("the binary starts")
    }

    /// Goes on with a run to its end; the journal must be that of the undisturbed run.
    fn finish(&self, run: &str) {
        let output = self.output(self.search(&["--resume", run]));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(self.journal(run) == self.whole, "{run} is another journal than that of the undisturbed run");
    }
}

/// Waits until the journal has so many bytes; false if the process ended before.
fn reaches(path: &Path, bytes: u64, child: &mut Child) -> bool {
    loop {
        if std::fs::metadata(path).is_ok_and(|meta| meta.len() >= bytes) {
            return true;
        }
        if child.try_wait().expect("a child").is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn kills_at_random_moments_change_nothing() {
    let place = Place::new();
    let mut rng = stream(7, "kills");
    for run in ["a", "b"] {
        let mut kills = 0;
        // Killed again and again, by SIGKILL, wherever it happens to be.
        for round in 0..60 {
            let jobs = (1 + below(&mut rng, 3)).to_string();
            let begun = !place.journal(run).is_empty();
            let args = if begun { ["--resume", run, "--jobs", &jobs] } else { ["--out", run, "--jobs", &jobs] };
            if !begun {
                let _ = std::fs::remove_dir_all(place.path(run));
            }
            let mut child = place.search(&args).spawn().expect("starts");
            let more = below(&mut rng, place.whole.len() / 4) as u64;
            let target = place.journal(run).len() as u64 + more;
            let alive = reaches(&place.path(run).join("journal.jsonl"), target, &mut child);
            std::thread::sleep(Duration::from_micros(below(&mut rng, 3000) as u64));
            let _ = child.kill();
            let ended = child.wait().expect("a child");
            kills += usize::from(!ended.success());
            let now = place.journal(run);
            let sound = now.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            assert!(
                place.whole.starts_with(&now[..sound]),
                "round {round}: not a beginning of the undisturbed journal"
            );
            if !alive {
                assert!(ended.success(), "round {round} ended by itself with {ended}");
                break;
            }
        }
        assert!(kills >= 2, "it was killed {kills} times");
        place.finish(run);
    }
}

/// A limit on the size of files stands for a full disk: writing beyond it fails, and nobody is killed for it.
#[test]
#[cfg(unix)]
fn a_full_disk_ends_a_run_cleanly_and_it_goes_on_later() {
    let place = Place::new();
    // Blocks of 512 or 1024 bytes, as shells differ; the whole journal has a good many more.
    for blocks in [8, 13, 21] {
        let run = format!("full{blocks}");
        assert!(place.whole.len() > 1024 * blocks, "{}", place.whole.len());
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" search s.qnas --out {run} --jobs 2");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_qnas")]).current_dir(place.folder.path());
        let output = command.output().expect("a shell");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains("could not be written") && err.contains("QN0815"), "{err}");
        let safe = place.journal(&run);
        assert!(safe.ends_with(b"\n") && place.whole.starts_with(&safe), "what is written is whole lines");
        place.finish(&run);
    }
}

#[test]
fn weights_that_cannot_be_written_are_no_fault_of_a_candidate() {
    let place = Place::new();
    let begun = place.output(place.search(&["--out", "run", "--evaluations", "5"]));
    assert!(begun.status.success(), "{}", String::from_utf8_lossy(&begun.stderr));
    // A file in the place of every file that would be written beside the weights.
    for id in 5..60 {
        std::fs::create_dir(place.path("run/weights").join(format!(".{id}.tmp"))).expect("made");
    }
    let output = place.output(place.search(&["--resume", "run", "--jobs", "2"]));
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("QN0906"), "{err}");
    let now = place.journal("run");
    assert!(place.whole.starts_with(&now), "nothing of it is recorded");
    for id in 5..60 {
        std::fs::remove_dir(place.path("run/weights").join(format!(".{id}.tmp"))).expect("removed");
    }
    place.finish("run");
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_cannot_be_written_is_refused_at_once() {
    let place = Place::new();
    // Nobody can make folders there, not even the superuser.
    for out in ["/proc/run", "s.qnas/run"] {
        let output = place.output(place.search(&["--out", out]));
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && err.contains("QN0817"), "{err}");
    }
}

/// A journal nobody keeps, so that only the search itself takes memory.
struct Nowhere;

impl Sink for Nowhere {
    fn append(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&mut self, _: u64) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of memory this process has.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").expect("a Linux system");
    4096 * text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("pages")
}

const EVALUATIONS: u64 = 100_000;

/// The work of the next test, in a process of its own: other tests would be measured too.
#[test]
#[ignore = "run by the test of memory"]
#[cfg(target_os = "linux")]
fn a_long_search() {
    let plan = Plan::new("random", &[("evaluations", Value::Int(EVALUATIONS as i64))], 2).jobs(2);
    let mut journal = Journal::with_sink(Box::new(Nowhere), &plan.header()).expect("nowhere is always free");
    let (mut early, mut late) = (0, 0);
    let outcome = plan
        .run_on(&circuits(), &circuit_scores(), &mut journal, &AtomicBool::new(false), &mut |event| {
            if let Event::Evaluated { record, .. } = event {
                match record.id + 1 {
                    20_000 => early = resident(),
                    EVALUATIONS => late = resident(),
                    _ => {}
                }
            }
        })
        .expect("a sound search");
    assert_eq!(outcome.evaluations, EVALUATIONS);
    println!("resident {early} {late}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_stays_flat_over_a_hundred_thousand_evaluations() {
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    let name = "search::endurance::a_long_search";
    let output = child.args(["--exact", name, "--ignored", "--nocapture"]).output().expect("starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let line = text.lines().find_map(|line| line.split("resident ").nth(1)).expect("its numbers");
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let (early, late) = (numbers[0], numbers[1]);
    // Each architecture leaves its key and outcome, so that none is evaluated twice; a record is ten times as large.
    let each = late.saturating_sub(early) / (EVALUATIONS - 20_000);
    assert!(each < 600, "{each} bytes for each evaluation: {early} grew to {late}");
}
