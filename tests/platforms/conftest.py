"""The real LiveKit server and its audience, for the tests of adapters."""

from tests.servers.livekit import audience, client_loop, livekit_server, livekit_sink

__all__ = ["audience", "client_loop", "livekit_server", "livekit_sink"]
