"""A headless Chromium, driven over its debugging pipe: what a page asks for, what its scripts say, what it shows."""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 90.0


def find() -> str:
    """The browser of this machine; without one the test is skipped, except where CI has to have it."""
    given = os.environ.get("CHROME")
    found = given or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no browser: install one of {', '.join(NAMES)}, or name it in CHROME"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Browser:
    """One browser with one page at a time."""

    def __init__(self) -> None:
        self.profile = tempfile.mkdtemp(prefix="chromium")
        to_browser, from_browser = os.pipe(), os.pipe()
        # away from 3 and 4, which the browser reads and writes
        theirs = [
            fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in (to_browser[0], from_browser[1])
        ]
        quiet = os.open(os.devnull, os.O_RDWR)
        self.process = os.posix_spawn(
            find(),
            ["chromium", *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            dict(os.environ),
            file_actions=[
                (os.POSIX_SPAWN_DUP2, quiet, 1),
                (os.POSIX_SPAWN_DUP2, quiet, 2),
                (os.POSIX_SPAWN_DUP2, theirs[0], 3),
                (os.POSIX_SPAWN_DUP2, theirs[1], 4),
            ],
            setpgroup=0,
        )
        for end in (*theirs, to_browser[0], from_browser[1], quiet):
            os.close(end)
        self.writing, self.reading = to_browser[1], from_browser[0]
        self.buffer = b""
        self.last = 0
        self.events: list[dict[str, Any]] = []
        self.session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.writing)
        os.close(self.reading)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        asked = self.send(method, given)
        while True:
            got = self.receive()
            if got.get("id") == asked:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                return got["result"]
            if "method" in got:
                self.events.append(got)

    def send(self, method: str, given: dict[str, Any]) -> int:
        self.last += 1
        message: dict[str, Any] = {"id": self.last, "method": method, "params": given}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        return self.last

    def receive(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.reading], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("the browser is silent")
            part = os.read(self.reading, 1 << 20)
            if not part:
                raise RuntimeError("the browser has ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        told = json.loads(message)
        if told.get("method") == "Page.javascriptDialogOpening":
            # it would hold the page for ever
            self.send("Page.handleJavaScriptDialog", {"accept": False})
        return told

    def open(self, page: Path, width: int = 1280, height: int = 900) -> None:
        """Open a page at a width, and wait until its pictures are drawn."""
        self.events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.call("Page.navigate", url=page.resolve().as_uri())
        end = time.monotonic() + PATIENCE
        drawn = "document.readyState === 'complete' && document.documentElement.dataset.drawn"
        while not self.value(drawn):
            if time.monotonic() > end:
                raise TimeoutError(f"{page.name} is not drawn: {self.problems()}")
            time.sleep(0.1)

    def value(self, expression: str) -> Any:
        """What an expression is in the page."""
        told = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(str(told["exceptionDetails"]))
        return told["result"].get("value")

    def requests(self) -> list[str]:
        """Addresses that the page asked for, itself and data: left out."""
        asked = [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        return [url for url in asked[1:] if not url.startswith("data:")]

    def problems(self) -> list[str]:
        """Errors of scripts, of the console, and what the page's own policy refused."""
        found = []
        for event in self.events:
            method, given = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(str(given["exceptionDetails"]))
            if method == "Runtime.consoleAPICalled" and given["type"] in ("error", "assert"):
                found.append(str(given["args"]))
            if method == "Log.entryAdded" and given["entry"]["level"] == "error":
                found.append(given["entry"]["text"])
            if method == "Page.javascriptDialogOpening":
                found.append(f"dialog: {given['message']}")
        return found

    def picture(self, to: Path) -> None:
        """The whole page as PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.call(
            "Page.captureScreenshot",
            captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1},
        )
        to.write_bytes(base64.b64decode(shot["data"]))

    def printed(self, to: Path) -> None:
        """The page as PDF on A4."""
        told = self.call(
            "Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True
        )
        to.write_bytes(base64.b64decode(told["data"]))
