//! Chromium by its DevTools protocol, through a pipe: no port, no socket, no client library.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::install::chromium;

/// A browser that says nothing for so long has hung: starting takes seconds on a busy machine, everything else less.
const SILENCE: Duration = Duration::from_mins(2);

/// One page in a browser of its own; ends with it.
pub struct Page {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Value,
    last: u64,
    /// What happened meanwhile.
    events: Vec<Value>,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Page {
    /// Starts a browser, of this width and height, in the light or dark scheme, and opens a file.
    pub fn open(file: &Path, (width, height): (u32, u32), scheme: &str) -> Self {
        let chromium = chromium();
        let profile = file.with_extension(format!("profile-{width}-{scheme}"));
        let _ = std::fs::remove_dir_all(&profile);
        // The browser reads requests from descriptor 3 and answers on 4, which only a shell can arrange without unsafe code.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2"])
            .arg(&chromium.program)
            .args(["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-background-networking", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .envs(chromium.variables.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (to, out) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (sender, from) = channel();
        thread::spawn(move || {
            for message in BufReader::new(out).split(0).map_while(Result::ok) {
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
            }
        });
        let mut page = Self { process, to, from, session: Value::Null, last: 0, events: Vec::new() };
        let target = page.ask("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = page.ask("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        page.session = attached["sessionId"].clone();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.ask(&format!("{domain}.enable"), &json!({}));
        }
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        page.ask("Emulation.setDeviceMetricsOverride", &metrics);
        page.scheme(scheme);
        page.ask("Page.navigate", &json!({ "url": format!("file://{}", file.display()) }));
        page.wait_for("Page.loadEventFired");
        page
    }

    /// Changes the colour scheme.
    pub fn scheme(&mut self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            // Nothing is caught half faded.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.ask("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Shows the page as it is printed, in a dark scheme.
    pub fn print(&mut self) {
        let features = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
        self.ask("Emulation.setEmulatedMedia", &json!({ "media": "print", "features": features }));
    }

    /// How many pages it is on paper, of the size that it asks for, and writes them.
    pub fn pages(&mut self, file: &Path) -> usize {
        let answer = self.ask("Page.printToPDF", &json!({ "preferCSSPageSize": true, "printBackground": true }));
        let document = STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        std::fs::write(file, &document).unwrap();
        // Objects of the kind `/Page` and not `/Pages`, as PDF 32000-1 §7.7.3.3 has them.
        let text = String::from_utf8_lossy(&document);
        text.match_indices("/Type /Page").filter(|(at, found)| !text[at + found.len()..].starts_with('s')).count()
    }

    /// Asks the browser, and gives its result.
    pub fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if !self.session.is_null() {
            message["sessionId"] = self.session.clone();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut answer = self.next(method);
            if answer["id"] == self.last {
                assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    fn wait_for(&mut self, event: &str) {
        while !self.events.iter().any(|one| one["method"] == event) {
            let next = self.next(event);
            self.events.push(next);
        }
    }

    fn next(&mut self, wanted: &str) -> Value {
        self.from.recv_timeout(SILENCE).unwrap_or_else(|error| panic!("the browser: {wanted}: {error}"))
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.ask("Runtime.evaluate", &asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Presses a key, as a person does.
    pub fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            one if one.chars().count() == 1 => one,
            _ => "",
        };
        self.ask("Input.dispatchKeyEvent", &json!({ "type": "keyDown", "key": key, "text": text }));
        self.ask("Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": key }));
    }

    /// Types a text.
    pub fn write(&mut self, text: &str) {
        self.ask("Input.insertText", &json!({ "text": text }));
    }

    /// What the page complained about, and every request that it made but for itself.
    pub fn complaints(&mut self) -> Vec<String> {
        // Whatever was said before this answer has come before it.
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
        let told = self.events.iter().filter_map(|event| match event["method"].as_str()? {
            "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => Some(event.to_string()),
            "Network.requestWillBeSent" => {
                let request = &event["params"];
                (request["documentURL"] != request["request"]["url"]).then(|| event.to_string())
            }
            _ => None,
        });
        told.collect()
    }

    /// Writes a picture of what is seen, or of the whole page.
    pub fn screenshot(&mut self, file: &Path, whole: bool) {
        let asked = json!({ "format": "png", "captureBeyondViewport": whole });
        let answer = if whole {
            let size = self.ask("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
            let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
            self.ask("Page.captureScreenshot", &json!({ "format": "png", "captureBeyondViewport": true, "clip": clip }))
        } else {
            self.ask("Page.captureScreenshot", &asked)
        };
        std::fs::write(file, STANDARD.decode(answer["data"].as_str().unwrap()).unwrap()).unwrap();
    }
}
