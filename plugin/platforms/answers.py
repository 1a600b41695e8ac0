"""Reads the answer of a server that may hang, drip or never end."""

from __future__ import annotations

import time

import requests
import urllib3

_CHUNK_BYTES = 65_536


class TooLongError(Exception):
    """The answer has more bytes than we are ready to take."""


def read(response: requests.Response, deadline: float, max_bytes: int) -> bytes:
    """Return the body of a streamed response; `requests.Timeout` once ``deadline`` (monotonic) has passed.

    The timeout of requests starts anew with every byte, and asking it for a number of bytes waits for all of them:
    a server that drips would hold us for ever.
    """
    body = bytearray()
    try:
        while part := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            body += part
            if len(body) > max_bytes:
                raise TooLongError
            if time.monotonic() > deadline:
                raise requests.ReadTimeout
    except urllib3.exceptions.TimeoutError as error:
        raise requests.ReadTimeout from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError from error
    return bytes(body)
