"""Calls to addresses that somebody else chose: no inside address, no redirect, no endless answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress

from plugin.platforms import answers

CONNECT_SECONDS = 2
TOTAL_SECONDS = 5
MAX_ANSWER_BYTES = 256 * 1024


class UnreachableError(Exception):
    """There was no usable answer; ``message`` is a sentence, ``is_final`` when the address itself is the trouble."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_final = is_final


@dataclass(frozen=True)
class Answer:
    """What came back, and when it was sent by the other side's clock."""

    status: int
    body: bytes
    sent_at: datetime | None


def post(url: str, body: bytes, headers: Mapping[str, str], *, allows_private_addresses: bool) -> Answer:
    """POST within 5 seconds; the address that was checked is the one that is called, so a changing name is no use."""
    deadline = time.monotonic() + TOTAL_SECONDS
    with _session(allows_private_addresses) as session:
        try:
            response = session.post(
                url, data=body, headers=dict(headers), stream=True, timeout=(CONNECT_SECONDS, TOTAL_SECONDS)
            )
            with response:
                return Answer(
                    response.status_code, answers.read(response, deadline, MAX_ANSWER_BYTES), _sent_at(response)
                )
        except InvalidIPAddress as error:
            raise UnreachableError("The address leads into a private network.", is_final=True) from error
        except answers.TooLongError as error:
            raise UnreachableError("The server's answer is too long.") from error
        except requests.Timeout as error:
            raise UnreachableError(f"The server did not answer within {TOTAL_SECONDS} seconds.") from error
        except (requests.RequestException, ValueError) as error:
            raise UnreachableError("The server cannot be reached.") from error


def _session(allows_private_addresses: bool) -> requests.Session:
    session: requests.Session = HTTPSession(
        Config(
            ip_filter_enable=not allows_private_addresses,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
            user_agent_override="Sidestage",
        )
    )
    session.trust_env = False  # a proxy from the environment would resolve the name anew, behind the filter's back
    return session


def _sent_at(response: requests.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return None
