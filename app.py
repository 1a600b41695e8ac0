"""WSGI entry: the standalone server."""

from plugin.application import create_app

app = create_app()
