"""What must become true in the same transaction in which something happened: all of it commits, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from plugin.core.unit_of_work import Work
from plugin.outbox.domain_event import DomainEvent

#: Changes data and records events; runs in the open unit of work, raises to undo all of it.
Reaction = Callable[[Any], None]


class Reactions:
    """Runs just before each commit and before anything is announced; what a reaction records is reacted to as well."""

    def __init__(self, declared: Iterable[Mapping[type[DomainEvent], Reaction]]) -> None:
        self._by_event: dict[type[DomainEvent], list[Reaction]] = defaultdict(list)
        for reactions in declared:
            for event, reaction in reactions.items():
                self._by_event[event].append(reaction)

    def run(self, work: Work) -> None:
        """React to everything that was recorded; the list grows while it is read."""
        for event in work.events:
            for reaction in self._by_event.get(type(event), ()):
                reaction(event)
