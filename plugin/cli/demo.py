"""The demo room's links, for those who start Sidestage on their own machine."""

from __future__ import annotations

from plugin.config import Settings
from plugin.platforms.fake import gate
from plugin.platforms.fake.demo import PEOPLE


def demo_links(settings: Settings) -> list[tuple[str, str]]:
    """Return a label and an address for each person of the demo room; none where there is no demo."""
    if gate.why_not(settings):
        return []
    return [
        (f"{person.name} ({person.label})", f"{settings.public_url}/demo/{person.id}") for person in PEOPLE.values()
    ]
