"""The panel's page and files as they leave the server: fenced, small, kept by browsers while they are right."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from plugin.api import problems
from plugin.web import assets
from plugin.web.routes import panel_blueprint

HOST_PAGE = "https://rooms.example.org"


@pytest.fixture
def page_app() -> Flask:
    """An app with nothing but the panel; two installs are known."""
    known = {"ins_one": HOST_PAGE, "ins_odd": "javascript:alert(1) * https://a.example; script-src *"}
    app = Flask("panel_alone", static_folder=None)
    problems.install(app)
    app.register_blueprint(panel_blueprint(lambda install_id: known.get(install_id, "'none'")))
    return app


@pytest.fixture
def page_client(page_app: Flask) -> FlaskClient:
    """Its client."""
    return page_app.test_client()


def policy_of(client: FlaskClient, path: str, **options: str) -> dict[str, str]:
    """Return the page's content policy, directive by directive."""
    header = client.get(path, **options).headers["Content-Security-Policy"]
    return {name: value for name, _, value in (part.strip().partition(" ") for part in header.split(";"))}


def test_the_page_may_only_use_what_is_ours(page_client: FlaskClient) -> None:
    assert policy_of(page_client, "/panel/ins_one", base_url="https://qa.example.org") == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self' wss://qa.example.org",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html",
        "frame-ancestors": HOST_PAGE,
    }
    headers = page_client.get("/panel/ins_one").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/panel/ins_unknown", "/guest"])
def test_nobody_frames_what_belongs_to_no_page(page_client: FlaskClient, path: str) -> None:
    assert policy_of(page_client, path)["frame-ancestors"] == "'none'"


def test_an_origin_that_is_none_cannot_loosen_the_policy(page_client: FlaskClient) -> None:
    policy = policy_of(page_client, "/panel/ins_odd")
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'"


def test_a_false_host_header_does_not_reach_the_policy(page_app: Flask) -> None:
    answer = page_app.test_client().get("/guest", headers={"Host": "a.example; script-src *"})
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "script-src *" not in policy


def test_the_page_has_no_script_or_style_of_its_own(page_client: FlaskClient) -> None:
    body = page_client.get("/panel/ins_one").get_data(as_text=True)
    assert re.findall(r"<style|\sstyle=|\son\w+=", body) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", body) == []
    assert f'data-host-origins="{HOST_PAGE}"' in body


def test_files_are_kept_for_ever_under_their_version_only(page_client: FlaskClient) -> None:
    body = page_client.get("/panel/ins_one").get_data(as_text=True)
    addresses = re.findall(r'(?:href|src)="(/panel-assets/[^"]+)"', body)
    assert len(addresses) > 30
    for address in addresses:
        answer = page_client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    old = page_client.get("/panel-assets/0123456789abcdef/main.js")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize(
    "path", ["objects.d.ts", "../routes.py", "..%2froutes.py", "vendor/../../assets.py", "none.js"]
)
def test_nothing_else_is_served(page_client: FlaskClient, path: str) -> None:
    assert page_client.get(f"/panel-assets/{assets.version()}/{path}").status_code == 404


def test_other_sites_may_include_embed_js_and_nothing_else(page_client: FlaskClient) -> None:
    embed = page_client.get("/embed.js")
    assert embed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert embed.headers["Cache-Control"] == "public, max-age=300"
    assert "Cross-Origin-Resource-Policy" not in page_client.get(f"/panel-assets/{assets.version()}/main.js").headers


def test_the_page_works_under_a_prefix(page_app: Flask) -> None:
    mounted = Client(DispatcherMiddleware(Flask("host"), {"/qa": page_app}))
    body = mounted.get("/qa/panel/ins_one").get_data(as_text=True)
    assert 'data-base="/qa"' in body
    assert f'src="/qa/panel-assets/{assets.version()}/main.js"' in body
    assert mounted.get(f"/qa/panel-assets/{assets.version()}/main.js").status_code == 200


def test_files_are_sent_small_to_whoever_can_unpack_them(page_client: FlaskClient) -> None:
    plain = page_client.get("/embed.js")
    small = page_client.get("/embed.js", headers={"Accept-Encoding": "gzip"})
    assert (plain.headers.get("Content-Encoding"), small.headers.get("Content-Encoding")) == (None, "gzip")
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["Vary"] == "Accept-Encoding"


def test_comments_stay_at_home_and_lines_keep_their_numbers() -> None:
    source = (
        "/** What it is for.\n * @param {string} url\n */\n"
        'const url = "https://a.example/*";  // why\n  // a line of its own\nconst ratio = 4 / 2; /* and */ run();\n'
        'const all = "*/";\n'
    )
    assert assets.without_comments(source).split("\n") == [
        *("", "", "", 'const url = "https://a.example/*";  // why', "", "const ratio = 4 / 2; /* and */ run();"),
        *('const all = "*/";', ""),
    ]
    for path, asset in assets.every().items():
        written = (assets.STATIC / path).read_text()
        assert asset.content.count(b"\n") == written.count("\n"), path
        assert (b"@license" in asset.content) == ("@license" in written), path


def test_every_module_that_is_named_exists_and_host_tools_wait() -> None:
    assert set(assets.modules()) <= set(assets.every())
    assert "components/question_list.js" in assets.modules()
    assert "components/host_desk.js" not in assets.modules()
