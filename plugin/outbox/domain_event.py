"""Domain events: what happened, in the past tense, small enough to be stored as JSON."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, Self


@dataclasses.dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened; subclasses set ``name`` (``qa.question_asked``) and hold JSON values only.

    A domain event never names a question's author (decision 0003): subscribers load what they may know.
    """

    name: ClassVar[str] = ""
    _kinds: ClassVar[dict[str, type[DomainEvent]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            DomainEvent._kinds[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Rebuild the event from `payload`."""
        return cls(**payload)

    @staticmethod
    def kind(name: str) -> type[DomainEvent]:
        """Return the class of a wire name; KeyError when this version does not know it."""
        return DomainEvent._kinds[name]

    @staticmethod
    def kinds() -> dict[str, type[DomainEvent]]:
        """Return every known kind by wire name."""
        return dict(DomainEvent._kinds)
