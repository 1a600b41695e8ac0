"""A person in a LiveKit room: the official client, driven from ordinary tests."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from livekit import rtc

from tests.servers.waiting import wait_until

T = TypeVar("T")
SAMPLES_PER_SECOND = 48_000
FRAME_SAMPLES = 480
LOUD = 500  # root mean square of 16-bit samples; silence is below 10


class ClientLoop:
    """An event loop in a thread; all clients of a test process share it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> ClientLoop:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 20.0) -> T:
        """Run in the loop and wait for the result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)


class AudioClient:
    """One connection to one room. What the person was told and heard is kept for the test to read."""

    def __init__(self, loop: ClientLoop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._room: rtc.Room | None = None
        self.data: list[tuple[str | None, Any]] = []
        self.tokens: list[str] = []
        self.loud_voices: set[str] = set()

    def join(self, url: str, token: str) -> None:
        """Connect; returns once the audio connection stands."""
        self._loop.run(self._join(url, token))

    async def _join(self, url: str, token: str) -> None:
        self._room = room = rtc.Room()
        room.on("data_received", lambda packet: self.data.append((packet.topic, json.loads(packet.data))))
        room.on("token_refreshed", lambda: self.tokens.append(str(room._token)))
        room.on("track_subscribed", self._listen)
        await room.connect(url, token)

    @property
    def room(self) -> rtc.Room:
        """The official client's room."""
        assert self._room is not None
        return self._room

    def leave(self) -> None:
        """Disconnect, if still connected."""
        self._loop.run(self._leave())

    async def _leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()

    @property
    def is_connected(self) -> bool:
        """Whether the server still holds the connection."""
        return self.room.connection_state == rtc.ConnectionState.CONN_CONNECTED

    @property
    def can_publish(self) -> bool:
        """What the server told the client it may do."""
        return bool(self.room.local_participant.permissions.can_publish)

    def publish_tone(self) -> str:
        """Open a microphone that hums; return the track's sid."""
        return self._loop.run(self._publish_tone())

    async def _publish_tone(self) -> str:
        source = rtc.AudioSource(SAMPLES_PER_SECOND, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        publication = await self.room.local_participant.publish_track(track, options)
        self._keep(_hum(source))
        return publication.sid

    def unmute(self) -> None:
        """Open the microphone again, as the person may."""
        self._loop.run(self._unmute())

    async def _unmute(self) -> None:
        for publication in self.room.local_participant.track_publications.values():
            if isinstance(publication.track, rtc.LocalAudioTrack):
                publication.track.unmute()

    def set_attributes(self, attributes: dict[str, str]) -> None:
        """Change the person's own attributes, as their client may when the token allows it."""
        self._loop.run(self._room.local_participant.set_attributes(attributes))  # type: ignore[union-attr]

    @property
    def is_publishing(self) -> bool:
        """Whether a track of the person is published."""
        return bool(self.room.local_participant.track_publications)

    @property
    def has_open_microphone(self) -> bool:
        """Whether a track of the person is published and not muted."""
        return any(not publication.muted for publication in self.room.local_participant.track_publications.values())

    def wait_to_hear(self, identity: str) -> None:
        """Wait until sound, not only a track, arrives from this person."""
        wait_until(lambda: identity in self.loud_voices, f"the voice of {identity}", 15)

    def _listen(self, track: rtc.Track, _: object, participant: rtc.RemoteParticipant) -> None:
        self._keep(self._hear(rtc.AudioStream(track), participant.identity))

    async def _hear(self, stream: rtc.AudioStream, identity: str) -> None:
        async for event in stream:
            samples = np.frombuffer(event.frame.data, np.int16).astype(np.float64)
            if np.sqrt(np.mean(samples**2)) > LOUD:
                self.loud_voices.add(identity)
        await stream.aclose()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _hum(source: rtc.AudioSource) -> None:
    turns = np.arange(FRAME_SAMPLES) * 440 / SAMPLES_PER_SECOND
    samples = (np.sin(2 * np.pi * turns) * 8000).astype(np.int16).tobytes()
    while True:
        await source.capture_frame(rtc.AudioFrame(samples, SAMPLES_PER_SECOND, 1, FRAME_SAMPLES))
