"""What the admin of a home-grown server has to put where."""

from __future__ import annotations

from plugin.platforms.adapter import Connection

_TEXT = """\
Send events to    {hook_url}
  signed as Standard Webhooks with the events secret
Take actions at   {action_url}
  check their signature with the actions secret
Sign panel tokens with the panel secret: HS256, aud "{install_id}", iss "{host_id}", at most 120 seconds
"""


def text(connection: Connection, hook_url: str) -> str:
    """Return the lines; secrets are shown once, when the install is made, and never here."""
    return _TEXT.format(
        hook_url=hook_url,
        action_url=connection.action_url or "(none yet)",
        install_id=connection.install_id,
        host_id=connection.host_id,
    )
