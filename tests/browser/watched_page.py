"""A page under watch: console errors, policy violations and foreign requests are kept as complaints."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

REPOSITORY = Path(__file__).resolve().parents[2]
AXE = REPOSITORY / "node_modules/axe-core/axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOCAL = re.compile(r"\A(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|\A(data|blob|about):")
#: What Chromium itself writes about answers that a test wants to be refused.
EXPECTED = re.compile(r"Failed to load resource|WebSocket connection to .* failed|net::ERR_INTERNET_DISCONNECTED")


class WatchedPage:
    """One page in a context of its own."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        context.add_init_script(path=AXE)
        context.add_init_script(
            "window.violations = []; addEventListener('securitypolicyviolation', "
            "(event) => window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));"
        )
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._requested)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            self.complaints.append(f"{message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        if not LOCAL.match(request.url):
            self.complaints.append(f"a request to somebody else: {request.url}")

    def close(self) -> None:
        """Ask every frame for violations, then end the context."""
        for frame in self.page.frames:
            found = frame.evaluate("window.violations || []") if frame.url.startswith("http") else []
            self.complaints += [f"violation of {one}" for one in found]
        self.context.close()

    def accessibility_problems(self) -> list[str]:
        """What axe finds in this page."""
        return accessibility_problems(self.page)

    def is_too_wide(self) -> bool:
        """Whether the page scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA in the whole page, its frames included; one line for each element."""
    # A colour on its way from one theme to the other is nobody's choice.
    for frame in page.frames:
        frame.evaluate(
            "Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations === 1)"
            ".map((one) => one.finished.catch(() => {})))"
        )
    result: Any = page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })",
        STANDARDS,
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary'].splitlines()[1].strip()}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
