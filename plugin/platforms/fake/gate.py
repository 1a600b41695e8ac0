"""When the demo platform may exist: it lets anybody be host, so only this machine may reach it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

from plugin.config import Settings

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
#: A proxy in front names itself in one of these; then the visitor may be anybody.
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def why_not(settings: Settings) -> str | None:
    """Return why the demo platform is off, or None when it is on."""
    if not settings.is_demo:
        return "SIDESTAGE_DEMO is off."
    if not settings.is_loopback:
        return f"Sidestage listens at {settings.host}, where other machines can reach it."
    if urlsplit(settings.public_url).hostname not in LOOPBACK_HOSTS:
        return f"SIDESTAGE_PUBLIC_URL is {settings.public_url}, which other machines can reach."
    return None


def is_from_here(request: Request) -> bool:
    """Whether a request comes from this machine, by a name of this machine, and through no proxy."""
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    host = urlsplit(f"//{request.host}").hostname
    return request.remote_addr in {"127.0.0.1", "::1"} and host in LOOPBACK_HOSTS
