"""One Playwright for the whole run: two of them in one thread do not get along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.servers import programs


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(programs.chromium_program()), args=["--no-sandbox"])
        yield browser
        browser.close()
