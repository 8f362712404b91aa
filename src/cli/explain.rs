//! `explain`: who really receives each of Microsoft's notices, by which rule, and would it arrive?

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use tenant_contacts_api::notice::Category;
use tenant_contacts_core::answer::{Answer, outcome};
use tenant_contacts_report::explain::{self, Options, Positions};

use super::{
    Around, Failure, Format, Subject,
    plan::{print_failing, print_problems, reading},
};
use crate::survey;

/// Arguments of `explain`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Only this kind of notice, as `Billing`.
    #[arg(value_name = "CATEGORY", ignore_case = true, value_parser = categories())]
    pub category: Option<Category>,
    /// Show private addresses in full.
    #[arg(long)]
    pub show_private: bool,
    /// Which tenant.
    #[command(flatten)]
    pub subject: Subject,
}

/// Names of categories: an argument that is none is answered with those there are.
fn categories() -> impl TypedValueParser<Value = Category> {
    PossibleValuesParser::new(Category::ALL.iter().map(|category| category.as_str()))
        .try_map(|name| name.parse::<Category>())
}

/// Reads, answers and prints. Exit code 0: every notice reaches somebody; 2: the tenant has an error; 3: no error is certain, and
/// whether every notice reaches somebody is unknown; 1: it could not be read.
pub async fn run(args: &Args, format: Format, around: &Around) -> Result<ExitCode, Failure> {
    if let (None, Some(category)) = (args.category, args.subject.reach.embedded.mistaken()) {
        let said = format!(
            "--simulate takes a seed, and {category} is a kind of notice: write `explain {category} --simulate`"
        );
        return Err(Failure::Arguments(said));
    }
    let asked = args.subject.open(around).await.map_err(Failure::Source)?;
    print_problems(asked.problems.iter(), around.err()).map_err(Failure::Print)?;
    let mut wrong = !asked.problems.is_empty();
    let mut answers = Vec::new();
    for (key, set) in &asked.sets.tenants {
        match asked.progress.of(&reading(key), survey::look(set, &asked.network)).await {
            Ok(looked) => answers.push((key, looked.answer)),
            Err(problem) => {
                wrong = true;
                print_failing(key, &[problem], around.err()).map_err(Failure::Print)?;
            }
        }
    }
    let positions = if let [only] = &answers[..] { asked.positions.of(only.0) } else { Positions::default() };
    let answers: Vec<Answer> = answers.into_iter().map(|(_, answer)| answer).collect();
    print(&answers, &positions, args, format, around)?;
    let worst = answers.iter().map(|answer| outcome(answer, args.category)).max();
    Ok(match (wrong, worst) {
        (true, _) | (false, None) => ExitCode::FAILURE,
        (false, Some(worst)) => ExitCode::from(worst.code()),
    })
}

fn print(
    answers: &[Answer],
    positions: &Positions,
    args: &Args,
    format: Format,
    around: &Around,
) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(around.out());
    let options = Options {
        category: args.category,
        show_private: args.show_private,
        colour: format == Format::Text && around.colour(),
        width: around.columns().unwrap_or(Options::default().width),
    };
    match format {
        Format::Text => {
            for answer in answers {
                out.write_all(explain::text(answer, &options).as_bytes()).map_err(Failure::Print)?;
            }
        }
        Format::Markdown => {
            for answer in answers {
                out.write_all(explain::markdown(answer, &options).as_bytes()).map_err(Failure::Print)?;
            }
        }
        Format::Json => {
            let views: Vec<_> = answers.iter().map(|answer| explain::json(answer, &options)).collect();
            serde_json::to_writer_pretty(&mut out, &views).map_err(Failure::Json)?;
            writeln!(out).map_err(Failure::Print)?;
        }
        Format::Sarif => {
            let answer = only(answers)?;
            serde_json::to_writer_pretty(&mut out, &explain::sarif(answer, &options, positions))
                .map_err(Failure::Json)?;
            writeln!(out).map_err(Failure::Print)?;
        }
        Format::Junit => {
            out.write_all(explain::junit(only(answers)?, &options).as_bytes()).map_err(Failure::Print)?;
        }
        Format::Html => out.write_all(explain::html(only(answers)?, &options).as_bytes()).map_err(Failure::Print)?,
    }
    out.flush().map_err(Failure::Print)
}

/// The one answer of a form that is a document of its own.
fn only(answers: &[Answer]) -> Result<&Answer, Failure> {
    match answers {
        [answer] => Ok(answer),
        [] => Err(Failure::Arguments("nothing could be read, so there is nothing to print".into())),
        _ => Err(Failure::Arguments(format!(
            "{} Tenants are declared, and this form is a document about one: choose it with --tenant",
            answers.len()
        ))),
    }
}
