//! Workers as processes: one that hangs, overflows its stack or eats the machine costs the mutant it was at.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};
use uaps_mutate::job::{Job, Line};
use uaps_mutate::{Finding, Kind, Reached, Verdict};

/// Resident memory at which a worker is ended. The documents themselves take a few hundred MiB.
const MAX_MEMORY: u64 = 3 << 30;
/// How often a silent worker is looked at.
const GLANCE: Duration = Duration::from_millis(100);
/// How many times as long the search for a smaller mutant may take: each of its steps is a mutant.
const SHRINKING: u32 = 30;
/// Reading the job takes longer than a mutant.
const MAX_START: Duration = Duration::from_secs(120);

/// What came of a mutant.
#[derive(Debug)]
pub(super) struct Tried {
    /// What the worker, or for want of one the supervisor, has to say.
    pub(super) verdict: Verdict,
    /// A smaller document, where one was asked for.
    pub(super) smallest: Option<String>,
    /// How long it took.
    pub(super) time: Duration,
}

/// A run of many mutants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'r> {
    /// The worker's binary.
    pub(super) worker: &'r Path,
    /// Seconds a mutant may take.
    pub(super) timeout: u64,
    /// All the mutants.
    pub(super) job: &'r Job,
}

impl Run<'_> {
    /// Divides the mutants between a worker for each core. `tried` hears of each one, in whatever order.
    pub(super) fn on_every_core(&self, mut tried: impl FnMut(u64, Tried)) -> Result<()> {
        let workers = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..workers)
                .map(|number| {
                    let job = Job {
                        first: self.job.first + number * self.job.step,
                        step: self.job.step * workers,
                        ..self.job.clone()
                    };
                    let sender = sender.clone();
                    scope.spawn(move || self.one(job, &sender))
                })
                .collect();
            drop(sender);
            for (number, result) in receiver {
                tried(number, result);
            }
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| bail!("a supervisor was lost")))
        })
    }

    /// Runs a worker, and another one from the mutant behind the one that ended it, until the job is done.
    fn one(&self, mut job: Job, tried: &Sender<(u64, Tried)>) -> Result<()> {
        while job.first < job.end {
            let mut child = self.start(&job)?;
            let stdout = child.stdout.take().context("a worker has no standard output")?;
            let (sender, lines) = channel();
            let reader = thread::spawn(move || read(stdout, &sender));
            let culprit = self.watch(&mut child, &lines, tried)?;
            // Both after its end and instead of it.
            let _ = child.kill();
            let _ = child.wait();
            let _ = reader.join();
            match culprit {
                Some(number) => job.first = number + job.step,
                None => break,
            }
        }
        Ok(())
    }

    fn start(&self, job: &Job) -> Result<Child> {
        let text = serde_json::to_vec(job).context("the job can't be written")?;
        let mut child = Command::new(self.worker)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // An overflow of the stack is told on standard error, once for each mutant it costs.
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} can't be run", self.worker.display()))?;
        let mut stdin = child.stdin.take().context("a worker has no standard input")?;
        // A worker that ended while it was read to says so by the lines that don't come.
        thread::spawn(move || stdin.write_all(&text));
        Ok(child)
    }

    /// Follows a worker. Answers the mutant that ended it, or `None` where it did all its work.
    fn watch(&self, child: &mut Child, lines: &Receiver<Line>, tried: &Sender<(u64, Tried)>) -> Result<Option<u64>> {
        let mut at = None;
        let mut since = Instant::now();
        let limit = Duration::from_secs(self.timeout) * if self.job.shrink { SHRINKING } else { 1 };
        loop {
            match (lines.recv_timeout(GLANCE), at) {
                (Ok(Line::Ready), _) => since = Instant::now(),
                (Ok(Line::Begins(number)), _) => (at, since) = (Some(number), Instant::now()),
                (Ok(Line::Ends { number, verdict, smallest }), _) => {
                    let _ = tried.send((number, Tried { verdict, smallest, time: since.elapsed() }));
                    at = None;
                }
                (Err(RecvTimeoutError::Timeout), Some(number)) => {
                    let (kind, text) = match memory(child.id()) {
                        _ if since.elapsed() > limit => (Kind::Hang, format!("more than {} s", limit.as_secs())),
                        Some(bytes) if bytes > MAX_MEMORY => {
                            (Kind::Memory, format!("more than {} GiB", MAX_MEMORY >> 30))
                        }
                        _ => continue,
                    };
                    let _ = tried.send((number, lost(kind, text, since.elapsed())));
                    return Ok(Some(number));
                }
                (Err(RecvTimeoutError::Timeout), None) if since.elapsed() > MAX_START => {
                    bail!("a worker doesn't start")
                }
                (Err(RecvTimeoutError::Timeout), None) => {}
                (Err(RecvTimeoutError::Disconnected), at) => {
                    let status = child.wait().context("a worker was lost")?;
                    return match at {
                        Some(number) => {
                            let _ = tried.send((number, lost(Kind::Abort, status.to_string(), since.elapsed())));
                            Ok(Some(number))
                        }
                        None if status.success() => Ok(None),
                        None => bail!("a worker ended between two mutants ({status})"),
                    };
                }
            }
        }
    }
}

fn lost(kind: Kind, text: String, time: Duration) -> Tried {
    let verdict = Verdict { reached: Reached::Refused, client: false, findings: vec![Finding { kind, text }] };
    Tried { verdict, smallest: None, time }
}

fn read(stdout: ChildStdout, lines: &Sender<Line>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        // What can't be read is the end of the worker: the mutant it was at is the cause.
        let Ok(line) = serde_json::from_str(&line) else { break };
        if lines.send(line).is_err() {
            break;
        }
    }
}

/// Resident bytes of a process, where the system tells.
fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}
