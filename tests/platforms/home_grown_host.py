"""A home-grown audio server as a reader of docs/adapters/generic.md would write it: Flask and a dictionary."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from base64 import b64decode
from typing import Any

from flask import Flask, Response, jsonify, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from werkzeug.serving import make_server


class HomeGrownHost:
    """Serves its action address on a free port of this machine; ``requests`` keeps what it was asked to do."""

    def __init__(self, actions_secret: str) -> None:
        self.actions_secret = actions_secret
        self.rooms: dict[str, dict[str, dict[str, Any]]] = {}
        self.notices: list[tuple[str, str | None, str]] = []
        self.requests: list[dict[str, Any]] = []
        self.answers_with: Response | None = None
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)

    @property
    def url(self) -> str:
        """Where it takes actions."""
        return f"http://127.0.0.1:{self._server.port}/plugin-actions"

    def start(self) -> HomeGrownHost:
        """Begin to serve."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _app(self) -> Flask:
        app = Flask("home_grown_host")

        @app.post("/plugin-actions")
        def take_action() -> Response | tuple[Response, int]:
            try:
                action = Webhook(self.actions_secret).verify(request.get_data(), dict(request.headers))
            except WebhookVerificationError:
                return jsonify(error="bad signature"), 401
            self.requests.append(action)
            return self.answers_with or jsonify(self._act(action))

        return app

    def _act(self, action: dict[str, Any]) -> dict[str, Any]:
        if action["type"] == "plugin.verify":
            key = b64decode(self.actions_secret.removeprefix("whsec_"))
            return {"response": hmac.new(key, action["challenge"].encode(), hashlib.sha256).hexdigest()}
        if action["type"] == "room.create":
            self.rooms.setdefault(action["room"], {})
            return {"status": "done"}
        people = self.rooms.get(action["room"])
        if people is None:
            return {"status": "refused", "message": "There is no such room."}
        if action["type"] == "participant.list":
            return {"status": "done", "participants": list(people.values())}
        user_id = (action.get("participant") or {}).get("id")
        if action["type"] == "room.notice":
            self.notices.append((action["room"], user_id, action["text"]))
            return {"status": "done"}
        if user_id not in people:
            return {"status": "refused", "message": "This person is not in the room."}
        return self._act_on(people, user_id, action["type"])

    @staticmethod
    def _act_on(people: dict[str, dict[str, Any]], user_id: str, verb: str) -> dict[str, Any]:
        person = people[user_id]
        if verb == "participant.remove":
            del people[user_id]
            return {"status": "done"}
        if verb == "participant.mute":
            person["is_muted"] = True
        else:
            person["can_speak"] = verb == "participant.promote"
        return {"status": "done", "participant": person}


def raw_answer(body: object, status: int = 200) -> Response:
    """An answer that the host gives to everything, to see what a strange one does."""
    return Response(body if isinstance(body, str) else json.dumps(body), status=status, content_type="application/json")
