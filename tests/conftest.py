"""What every test stands on: the real servers, the tiers that need them, and the closing lines of a run."""

from __future__ import annotations

import importlib.util

import pytest
from hypothesis import settings

from tests.servers import tiers

pytest_plugins = ["tests.closing_lines", "tests.servers.fixtures", "tests.browser_driver"]
if importlib.util.find_spec("tests.app_fixtures"):
    pytest_plugins.append("tests.app_fixtures")

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that needs a server which is not here is skipped by name, or fails where it must not be missing."""
    for tier in tiers.TIERS:
        why_not = tiers.problem(tier) if item.get_closest_marker(tier) else None
        if why_not and tiers.is_failure(tier):
            pytest.fail(f"{tier}: {why_not}, and CI=true", pytrace=False)
        if why_not:
            pytest.skip(f"{tier}: {why_not}")
