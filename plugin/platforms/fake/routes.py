"""The demo pages: a small audio room for each of four people, with the panel beside it, on this machine only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from plugin.api.limits import limited
from plugin.core.database import session
from plugin.core.errors import ForbiddenError, InvalidError, NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms.fake import demo, gate, server
from plugin.platforms.fake.demo import DemoPerson
from plugin.platforms.fake.models import Behaviour, FakePerson, FakeRoom
from plugin.platforms.models import Install
from plugin.platforms.registry import current_registry

blueprint = Blueprint(
    "demo", __name__, template_folder="templates", static_folder="static", static_url_path="/demo/files"
)
#: A page of another origin cannot send this header without being asked first, and we never say yes.
_OWN_HEADER = "X-Sidestage-Demo"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blueprint.before_request
def let_only_this_machine_in() -> None:
    """For everybody else there is no demo."""
    if gate.why_not(current_registry().settings) or not gate.is_from_here(request):
        raise NotFoundError()


@blueprint.after_request
def add_headers(response: AnyResponse) -> AnyResponse:
    """Keep the pages to themselves."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/demo")
def choose() -> str:
    """Offer the four people to be."""
    return render_template("demo_choose.html", title=demo.TITLE, people=demo.PEOPLE.values())


@blueprint.get("/demo/<who>")
def page(who: str) -> str | AnyResponse:
    """Show one person's page of the demo room."""
    person, install = _person(who), _install()
    public_origin = current_registry().settings.public_origin
    if request.host_url.rstrip("/") != public_origin:
        return redirect(
            public_origin + request.script_root + request.path
        )  # the panel may be framed by this origin only
    return render_template(
        "demo_room.html",
        person=person,
        install_id=install.id,
        room=demo.ROOM,
        title=demo.TITLE,
        root=request.script_root,
    )


@blueprint.get("/demo/<who>/token")
@limited("60 per minute")
def read_token(who: str) -> Response:
    """Give the page a fresh panel token, so that a reload works."""
    _ensure_own_page()
    return jsonify(token=demo.token(_install(), _person(who)))


@blueprint.get("/demo/<who>/state")
def read_state(who: str) -> Response:
    """Say who is in the room; asking also says that this page is still open."""
    _ensure_own_page()
    person, install = _person(who), _install()
    me = session().get(FakePerson, (install.id, demo.ROOM, person.id), populate_existing=True)
    if me is not None and me.is_present and server.needs_sign_of_life(me):
        _join(install, person)
    return _state(install, person)


@blueprint.post("/demo/<who>/join")
def join(who: str) -> Response:
    """Enter the room."""
    _ensure_own_page()
    person, install = _person(who), _install()
    _join(install, person)
    return _state(install, person)


@blueprint.post("/demo/<who>/microphone")
def set_microphone(who: str) -> Response:
    """Open or close the microphone; nothing is recorded, it is a switch in a table."""
    _ensure_own_page()
    person, install = _person(who), _install()
    change = server.open_microphone if _body().get("is_open") is True else server.close_microphone
    with unit_of_work():
        change(install.id, demo.ROOM, person.id)
    return _state(install, person)


@blueprint.post("/demo/<who>/leave")
def leave(who: str) -> Response:
    """Leave the room."""
    _ensure_own_page()
    person, install = _person(who), _install()
    with unit_of_work():
        server.leave(install.id, demo.ROOM, person.id)
    return _state(install, person)


@blueprint.post("/demo/behaviour")
def set_behaviour() -> Response:
    """Let the demo room play a server that refuses, keeps silent or is slow, to see what the panel says then."""
    _ensure_own_page()
    install, wanted = _install(), _body().get("behaviour")
    if wanted not in {each.value for each in Behaviour}:
        raise InvalidError("behaviour: one of " + ", ".join(each.value for each in Behaviour) + ".")
    with unit_of_work():
        server.behave(install.id, demo.ROOM, Behaviour(wanted))
    return jsonify(behaviour=wanted)


def _ensure_own_page() -> None:
    if _OWN_HEADER not in request.headers:
        raise ForbiddenError(f"The demo's own pages send {_OWN_HEADER}.", code="not_the_demo_page")


def _person(who: str) -> DemoPerson:
    if who not in demo.PEOPLE:
        raise NotFoundError("Nobody of that name is in the demo.")
    return demo.PEOPLE[who]


def _install() -> Install:
    return demo.ensure(current_registry().settings)


def _join(install: Install, person: DemoPerson) -> None:
    with unit_of_work():
        server.join(install.id, demo.ROOM, person.id, person.name, person.role, has_page=True)


def _body() -> dict[str, Any]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}


def _state(install: Install, person: DemoPerson) -> Response:
    room = session().get(FakeRoom, (install.id, demo.ROOM), populate_existing=True)
    me = session().get(FakePerson, (install.id, demo.ROOM, person.id), populate_existing=True)
    return jsonify(
        people=[_shown(each) for each in server.people(install.id, demo.ROOM)],
        is_present=me is not None and me.is_present,
        is_removed=me is not None and me.is_removed,
        notices=[notice for notice in (room.notice if room else "", me.notice if me else "") if notice],
    )


def _shown(person: FakePerson) -> dict[str, Any]:
    known = demo.PEOPLE.get(person.user_id)
    return {
        "id": person.user_id,
        "name": person.name,
        "label": known.label if known else person.role.capitalize(),
        "can_speak": person.can_speak,
        "is_audible": person.is_audible,
    }
