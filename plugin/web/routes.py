"""The panel's pages and files: strictly fenced, and framed only by the page of the install."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request

from plugin.core.errors import NotFoundError
from plugin.web import assets
from plugin.web.content_policy import content_policy, origins

#: Says who may frame the panel of an install, as a `frame-ancestors` value: origins, or `'none'`.
FrameAncestors = Callable[[str], str]

EMBED_SECONDS = 300


def panel_blueprint(frame_ancestors: FrameAncestors) -> Blueprint:
    """Return the routes of the panel; ``frame_ancestors`` is asked at each page view, so a change counts at once."""
    blueprint = Blueprint("panel", __name__, template_folder="templates")

    @blueprint.get("/panel/<install_id>")
    def panel(install_id: str) -> Response:
        return _page(install_id=install_id, framed_by=origins(frame_ancestors(install_id)), entry="panel")

    @blueprint.get("/guest")
    def guest() -> Response:
        return _page(install_id="", framed_by=[], entry="guest")

    blueprint.get("/panel-assets/<version>/<path:path>")(_asset)
    blueprint.get("/embed.js")(_embed)
    return blueprint


def _page(*, install_id: str, framed_by: list[str], entry: str) -> Response:
    body = render_template(
        "panel.html",
        assets=f"{request.script_root}/panel-assets/{assets.version()}",
        modules=assets.modules(),
        base=request.script_root,
        install_id=install_id,
        host_origins=" ".join(framed_by),
        entry=entry,
    )
    response = make_response(body)
    response.headers["Content-Security-Policy"] = content_policy(request.host, request.is_secure, framed_by)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # Read anew at each visit: it names the files of the release that runs now.
    response.headers["Cache-Control"] = "no-store"
    return _plain(response)


def _asset(version: str, path: str) -> Response:
    response = _file(path)
    if version == assets.version():
        response.headers["Cache-Control"] = f"public, max-age={assets.KEPT_FOR_EVER_SECONDS}, immutable"
    else:
        # A page of the release before asks for its files by their old name: answered, but not to be kept under it.
        response.headers["Cache-Control"] = "no-store"
    return response


def _embed() -> Response:
    response = _file("embed.js")
    response.headers["Cache-Control"] = f"public, max-age={EMBED_SECONDS}"
    # The only file that other sites include.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _file(path: str) -> Response:
    asset = assets.every().get(path)
    if asset is None:
        raise NotFoundError()
    is_zipped = request.accept_encodings["gzip"] > 0
    response = Response(asset.zipped if is_zipped else asset.content, content_type=asset.content_type)
    response.headers["Vary"] = "Accept-Encoding"
    if is_zipped:
        response.headers["Content-Encoding"] = "gzip"
    return _plain(response)


def _plain(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
