"""The lines of livekit.yaml that an admin pastes in."""

from __future__ import annotations

from plugin.platforms.livekit.webhooks import EVENTS


def livekit_yaml(key: str, hook_url: str) -> str:
    """Return the webhook section for this API key and this install's address, and what else is worth a line."""
    return f"""\
# In livekit.yaml; then restart the LiveKit server. A `webhook:` section that is there already gains this address
# under `urls:` and must sign with the key that Sidestage knows.
webhook:
  api_key: {key}
  urls:
    - {hook_url}
  filter_params:
    include_events: [{", ".join(EVENTS)}]
"""
