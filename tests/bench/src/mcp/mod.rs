//! What an assistant pays for: tokens of the menu and of the way to a result, the time until the first list, and how many
//! calls a second go through the protocol.

mod conversation;
mod document;
mod provider;
mod spawn;
mod throughput;

use anyhow::Context;
use conversation::Step;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;
use tiktoken_rs::CoreBPE;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An OpenAPI document of a large service, such as GitHub's; without it, no way to a result is measured
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// What is looked for in it, in plain words
    #[arg(long, default_value = "list the open issues of a repository")]
    task: String,
    /// Which tool of it does the task
    #[arg(long, default_value = "issues_list-for-repo")]
    tool: String,
    /// How often the server on standard input and output is started
    #[arg(long, default_value_t = 50)]
    starts: usize,
    /// The server that is started; by default the one beside this program
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Connections that call at the same time
    #[arg(long, default_value_t = 50)]
    connections: usize,
    /// How long each server is measured in a round, in seconds
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Servers are measured in turns, so often each
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: crate::Format,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let words = tiktoken_rs::o200k_base().context("the o200k vocabulary can't be read")?;
    let (ten, thousand) =
        (conversation::menu(provider::many(10)).await?, conversation::menu(provider::many(1000)).await?);
    let menu = tokens(&words, &ten);
    let steps = match &args.document {
        Some(file) => {
            let service = document::compile(file)?;
            conversation::steps(service, &args.task, &args.tool).await?
        }
        None => Vec::new(),
    };
    let starts = spawn::starts(args.program.as_deref(), args.starts)?;
    let rates = throughput::compare(args.connections, Duration::from_secs(args.seconds), args.rounds).await?;
    report(&args, &words, (menu, ten == thousand), &steps, &starts, &rates)
}

fn tokens(words: &CoreBPE, text: &str) -> usize {
    words.encode_ordinary(text).len()
}

fn report(
    args: &Args,
    words: &CoreBPE,
    (menu, constant): (usize, bool),
    steps: &[Step],
    starts: &[Duration],
    rates: &throughput::Rates,
) -> anyhow::Result<()> {
    let counted: Vec<(&str, usize, usize)> =
        steps.iter().map(|step| (step.what, tokens(words, &step.asked), tokens(words, &step.answered))).collect();
    let way = menu + counted.iter().map(|(_, asked, answered)| asked + answered).sum::<usize>();
    let milliseconds = |percent: usize| crate::disk::percentile(&mut starts.to_vec(), percent).as_secs_f64() * 1000.0;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match args.format {
        crate::Format::Json => {
            let steps: Vec<_> = counted
                .iter()
                .map(|(what, asked, answered)| json!({"step": what, "asked": asked, "answered": answered}))
                .collect();
            let body = json!({
                "menu_tokens": menu, "menu_is_constant": constant, "steps": steps,
                "way_tokens": (!counted.is_empty()).then_some(way),
                "start_p50_ms": milliseconds(50), "start_p99_ms": milliseconds(99),
                "calls_per_second": rates.ours, "bare_calls_per_second": rates.bare, "bare_to_ours": rates.bare / rates.ours,
                "connections": args.connections, "rounds": args.rounds, "cores": cores,
            });
            println!("{}", serde_json::to_string_pretty(&body)?);
        }
        crate::Format::Text => {
            println!(
                "tools/list                 {menu:>6} tokens, the same bytes with 10 and 1,000 services: {constant}"
            );
            for (what, asked, answered) in &counted {
                println!("{what:<26} {answered:>6} tokens, and {asked} of the call");
            }
            if !counted.is_empty() {
                println!("the way to a result        {way:>6} tokens, the menu and all calls included");
            }
            println!(
                "start to first list, stdio {:>6.1} ms p50, {:.1} ms p99, of {} starts",
                milliseconds(50),
                milliseconds(99),
                starts.len()
            );
            println!(
                "health through MCP         {:>6.0} calls/s, a bare server of the SDK {:.0}: {:.2} times ours",
                rates.ours,
                rates.bare,
                rates.bare / rates.ours
            );
            println!(
                "\nTokens are o200k_base's. {} connections, medians of {} rounds of {} s in turns, clients and servers in one process, \
                 {cores} cores.",
                args.connections, args.rounds, args.seconds
            );
        }
    }
    Ok(())
}
