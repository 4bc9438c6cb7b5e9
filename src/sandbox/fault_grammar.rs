//! Faults as a line of text, for the command line.

use std::fmt;
use std::str::FromStr;

use shell_words::quote;

use super::fault::{Answer, AnswerBody, Calls, Effect, Fault, Selector};

/// How a fault is written. Texts with spaces stand in quotes, as in a shell.
pub const GRAMMAR: &str = "\
CALLS WHICH EFFECT [after] [limit N]
  CALLS   update | query | token
  WHICH   all | first N | every N | N,N,... | key TEXT (the first key field; not of a token)
  EFFECT  drop | hang | status N [retry-after TEXT] [location URL]
          and then one of: [message TEXT] [code TEXT] | body TEXT | echo
  after   the update is stored first; without it, it is not
  limit   happens at most N times
for example: update every 7 status 503, or: update key ABC status 500 message \"record locked\" code LOCKED";

/// A text that describes no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a fault: {reason}. Write:\n{GRAMMAR}")]
pub struct NotAFault {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl FromStr for Fault {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).map_err(|reason| NotAFault { text: text.to_owned(), reason })
    }
}

fn read(text: &str) -> Result<Fault, String> {
    let words = shell_words::split(text).map_err(|_| "a quote is not closed".to_owned())?;
    let mut words = Words(words.into_iter());
    let on = match words.next("update, query or token")?.as_str() {
        "update" => Calls::Update,
        "query" => Calls::Query,
        "token" => Calls::Token,
        other => {
            return Err(format!("it begins with \"{other}\", not with update, query or token"));
        }
    };
    let nth = read_selector(&mut words)?;
    let effect = match words.next("status, drop or hang")?.as_str() {
        "drop" => Effect::Drop,
        "hang" => Effect::Hang,
        "status" => Effect::Answer(Answer {
            status: words.number("status")?,
            retry_after: None,
            location: None,
            body: AnswerBody::Empty,
        }),
        other => return Err(format!("\"{other}\" is none of status, drop, hang")),
    };
    let mut fault = Fault { on, nth, effect, after: false, limit: None };
    while let Some(word) = words.0.next() {
        match (word.as_str(), &mut fault.effect) {
            ("after", _) => fault.after = true,
            ("limit", _) => fault.limit = Some(words.number("limit")?),
            (_, Effect::Answer(answer)) => read_part(&word, &mut words, answer)?,
            _ => return Err(format!("\"{word}\" is none of after, limit")),
        }
    }
    fault.check()?;
    Ok(fault)
}

fn read_selector(words: &mut Words) -> Result<Selector, String> {
    let word = words.next("which calls")?;
    Ok(match word.as_str() {
        "all" => Selector::All,
        "first" => Selector::First(words.number("first")?),
        "every" => Selector::Every(words.number("every")?),
        "key" => Selector::Key(words.next("a text after key")?),
        numbers => {
            let numbers = numbers.split(',').map(str::parse);
            let numbers: Result<_, _> = numbers.collect();
            Selector::Exactly(numbers.map_err(|_| {
                format!("\"{word}\" is none of all, first, every, key, or numbers such as 1,4")
            })?)
        }
    })
}

fn read_part(word: &str, words: &mut Words, answer: &mut Answer) -> Result<(), String> {
    match word {
        "retry-after" => answer.retry_after = Some(words.next("a text after retry-after")?),
        "location" => answer.location = Some(words.next("a URL after location")?),
        "message" | "code" => {
            let text = words.next("a text after message and code")?;
            if answer.body == AnswerBody::Empty {
                let (message, code) = (None, None);
                answer.body = AnswerBody::Error { message, code };
            }
            match &mut answer.body {
                AnswerBody::Error { message, .. } if word == "message" => *message = Some(text),
                AnswerBody::Error { code, .. } => *code = Some(text),
                _ => return Err(two_bodies()),
            }
        }
        "body" | "echo" if answer.body != AnswerBody::Empty => return Err(two_bodies()),
        "body" => answer.body = AnswerBody::Raw(words.next("a text after body")?),
        "echo" => answer.body = AnswerBody::Echo,
        other => return Err(format!("\"{other}\" says nothing about an answer")),
    }
    Ok(())
}

fn two_bodies() -> String {
    "an answer has a message and a code, or a body, or an echo".to_owned()
}

struct Words(std::vec::IntoIter<String>);

impl Words {
    fn next(&mut self, what: &str) -> Result<String, String> {
        self.0.next().ok_or_else(|| format!("{what} is missing"))
    }

    fn number<N: FromStr>(&mut self, after: &str) -> Result<N, String> {
        let word = self.next(&format!("a number after {after}"))?;
        word.parse()
            .map_err(|_| format!("\"{word}\" after {after} is not a number that can stand there"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.on {
            Calls::Update => "update",
            Calls::Query => "query",
            Calls::Token => "token",
        })?;
        match &self.nth {
            Selector::All => f.write_str(" all")?,
            Selector::First(count) => write!(f, " first {count}")?,
            Selector::Every(step) => write!(f, " every {step}")?,
            Selector::Key(key) => write!(f, " key {}", quote(key))?,
            Selector::Exactly(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(u64::to_string).collect();
                write!(f, " {}", numbers.join(","))?;
            }
        }
        match &self.effect {
            Effect::Drop => f.write_str(" drop")?,
            Effect::Hang => f.write_str(" hang")?,
            Effect::Answer(answer) => write!(f, " {answer}")?,
        }
        if self.after {
            f.write_str(" after")?;
        }
        self.limit.map_or(Ok(()), |limit| write!(f, " limit {limit}"))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        let mut option = |name: &str, value: &Option<String>| match value {
            Some(value) => write!(f, " {name} {}", quote(value)),
            None => Ok(()),
        };
        option("retry-after", &self.retry_after)?;
        option("location", &self.location)?;
        match &self.body {
            AnswerBody::Empty => Ok(()),
            AnswerBody::Echo => f.write_str(" echo"),
            AnswerBody::Raw(text) => write!(f, " body {}", quote(text)),
            AnswerBody::Error { message, code } => {
                option("message", message)?;
                option("code", code)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_back_as_it_was_written() {
        for line in [
            "update every 7 status 503",
            "update every 11 drop after",
            "update 1,5 hang after limit 2",
            "update all status 429 retry-after 1",
            "update 2 status 429 retry-after 'Tue, 24 Nov 2026 12:00:00 GMT'",
            "update 2 status 302 location http://localhost/login",
            "token first 2 status 503 body '<html>busy</html>'",
            "update 3 status 200 body ''",
            "query every 3 status 503",
            "update 4 status 500 echo after",
            "update key ABC status 500 message 'record locked' code LOCKED",
        ] {
            let fault: Fault = line.parse().expect(line);
            assert_eq!(fault.to_string(), line);
        }
    }

    #[test]
    fn double_quotes_are_taken_too() {
        let fault: Fault = "update key \"A B\" drop".parse().expect("a fault");
        assert_eq!(fault.nth, Selector::Key("A B".to_owned()));
    }

    #[test]
    fn what_is_no_fault_is_refused_with_the_reason() {
        for (line, reason) in [
            ("", "update, query or token is missing"),
            ("login all drop", "it begins with \"login\""),
            ("update evry 7 drop", "\"evry\" is none of all"),
            ("update every x drop", "\"x\" after every is not a number"),
            ("update every 0 drop", "counts from 1"),
            ("update all fail", "\"fail\" is none of status"),
            ("update all status 99", "from 200 to 599"),
            ("update all status", "a number after status is missing"),
            ("update all drop message no", "\"message\" is none of after, limit"),
            ("update all status 500 message a body b", "or a body"),
            ("update all status 500 body b code a", "or a body"),
            ("update all status 500 retry 1", "\"retry\" says nothing"),
            ("update all status 429 retry-after \"1\n2\"", "a header cannot"),
            ("update key \"A drop", "a quote is not closed"),
            ("token key A drop", "has no key"),
        ] {
            let refused = line.parse::<Fault>().expect_err(line);
            assert!(refused.reason.contains(reason), "{line}: {}", refused.reason);
            assert!(refused.to_string().contains("for example"));
        }
    }
}
