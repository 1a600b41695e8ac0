"""The cast in one live room, and a stranger in another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.qa.cast import Cast, gather
from tests.qa.wiring import wire


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """Everyone in one live room: Hana hosts, Cole co-hosts, Petra produces, Sam speaks, Gus is a guest."""
    wire(app)
    yield gather()
