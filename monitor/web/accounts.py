"""Authentication on the web page: passwords, sessions, the header of a reverse proxy, and API tokens.

A session is a signed cookie. The signing key is derived from the user's password hash. A new password therefore ends
all sessions of that user, and no session has to be stored.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeTimedSerializer

from monitor.config import WebSettings
from monitor.errors import UsageError

COOKIE = "monitor_session"
MIN_PASSWORD = 8  # characters
SESSION_S = 7 * 86_400
FREE_FAILURES = 5  # of an address or a user, before it has to wait
LONGEST_WAIT_S = 900.0
MAX_REMEMBERED = 10_000  # addresses and users with failures
LOCAL_NAME = "page"  # the author where nobody signs in
SCOPES = frozenset({"read", "triage", "silence", "deliveries", "metrics"})


@dataclass(frozen=True, slots=True)
class Person:
    """The person or program that sent a request, and what they may do."""

    name: str  # recorded as the author
    scopes: frozenset[str]
    signed_in: bool = False  # through this page, so that they can sign out

    def may(self, scope: str) -> bool:
        """Return whether the person has the permission *scope*, such as "read" or "triage"."""
        return scope in self.scopes

    @property
    def is_editor(self) -> bool:
        """Whether the person may triage hits and silence actors and rules."""
        return "triage" in self.scopes


_VIEWER = frozenset({"read", "metrics"})


class SignInThrottledError(UsageError):
    """Signing in is refused for some time after too many failed attempts."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many failed attempts; try again in {max(1, round(wait_s))} s")
        self.wait_s = wait_s


class Accounts:
    """Identifies who sends a request, and signs users in and out.

    Args:
        settings: Returns the current settings of the web page; a reload of the configuration may change them.
        now: Returns the current time.
    """

    def __init__(self, settings: Callable[[], WebSettings], now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._hasher = PasswordHasher()
        self._one_at_a_time = asyncio.Semaphore(2)  # a check takes 64 MB for 50 ms
        self._failures: dict[str, tuple[int, datetime]] = {}
        self._ended: dict[str, datetime] = {}  # sessions that were signed out, until they would have expired

    def person(self, client: str, headers: Mapping[str, str], cookie: str | None) -> Person | None:
        """Return the person who sends a request; None if the person has to sign in.

        Args:
            client: The IP address that the request came from.
            headers: The headers of the request; their names are case-insensitive.
            cookie: The session cookie; None if the request has none.
        """
        settings = self._settings()
        if settings.user_header and _is_within(client, settings):
            name = _decoded(headers.get(settings.user_header, "")).strip()
            if name and name.isprintable() and len(name) <= 100:
                return self._of_user(name, signed_in=False)
        if settings.users:
            return self._of_session(cookie)
        if settings.user_header:
            return None
        return Person(LOCAL_NAME, SCOPES) if _is_loopback(client) else None

    def program(self, authorization: str) -> Person | None:
        """Return the program whose API token is in the Authorization header; None if the token is missing or wrong."""
        kind, _, given = authorization.partition(" ")
        if kind.lower() != "bearer":
            return None
        found = None
        for name, entry in self._settings().tokens.items():  # all of them: the time must not tell which
            if hmac.compare_digest(entry.token.encode(), given.strip().encode()):
                found = Person(name, entry.scopes)
        return found

    async def sign_in(self, client: str, name: str, password: str) -> str | None:
        """Check a password and return the value of a new session cookie; None if the name or the password is wrong.

        Args:
            client: The IP address that the request came from.
            name: The user name.
            password: The password as typed.

        Raises:
            SignInThrottledError: There were too many failed attempts from that address or for that user.
        """
        keys = (f"address {_network(client)}", f"user {name[:100]}")
        self._ensure_may_try(keys)
        user = self._settings().users.get(name)
        wanted = user.password_hash if user and user.password_hash else _NO_PASSWORD
        async with self._one_at_a_time:
            self._ensure_may_try(keys)  # those that waited for this one failed meanwhile
            right = await asyncio.to_thread(self._verify, wanted, password[:1024])
            if user is None or not user.password_hash or not right:
                self._record_failure(keys)
                return None
        for key in keys:
            self._failures.pop(key, None)
        return self._serializer(user.password_hash).dumps({"user": name, "id": secrets.token_urlsafe(12)})

    def sign_out(self, cookie: str | None) -> None:
        """End the session of *cookie*, so that copies of the cookie are no longer accepted either."""
        session = self._session(cookie)
        if session is not None:
            now = self._now()
            self._ended = {key: until for key, until in self._ended.items() if until > now}
            self._ended[session["id"]] = now + timedelta(seconds=SESSION_S)

    def _of_session(self, cookie: str | None) -> Person | None:
        session = self._session(cookie)
        return None if session is None else self._of_user(session["user"], signed_in=True)

    def _of_user(self, name: str, *, signed_in: bool) -> Person:
        user = self._settings().users.get(name)
        return Person(name, SCOPES if user and user.is_editor else _VIEWER, signed_in=signed_in)

    def _session(self, cookie: str | None) -> dict[str, Any] | None:
        for name, user in self._settings().users.items():
            if not cookie or not user.password_hash:
                continue
            try:
                session = self._serializer(user.password_hash).loads(cookie, max_age=SESSION_S)
            except BadSignature:
                continue
            if session.get("user") == name and session.get("id") not in self._ended:
                found: dict[str, Any] = session
                return found
        return None

    def _serializer(self, password_hash: str) -> URLSafeTimedSerializer:
        key = hashlib.sha256(f"session of the page\0{password_hash}".encode()).hexdigest()
        return URLSafeTimedSerializer(key, salt="monitor-session")

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _ensure_may_try(self, keys: tuple[str, ...]) -> None:
        wait_s = max(map(self._wait_s, keys))
        if wait_s > 0:
            raise SignInThrottledError(wait_s)

    def _wait_s(self, key: str) -> float:
        count, until = self._failures.get(key, (0, self._now()))
        return (until - self._now()).total_seconds() if count >= FREE_FAILURES else 0.0

    def _record_failure(self, keys: tuple[str, ...]) -> None:
        now = self._now()
        if len(self._failures) > MAX_REMEMBERED:
            self._failures = {key: found for key, found in self._failures.items() if found[1] > now}
        for key in keys:
            count = self._failures.get(key, (0, now))[0] + 1
            wait_s = min(LONGEST_WAIT_S, 2.0 ** max(0, count - FREE_FAILURES + 1))
            self._failures[key] = (count, now + timedelta(seconds=wait_s))


def hash_password(password: str) -> str:
    """Return the hash of *password*, as the option ``password`` of ``[web.users.NAME]`` expects it.

    Raises:
        UsageError: The password is too short.
    """
    if len(password) < MIN_PASSWORD:
        raise UsageError(f"a password has at least {MIN_PASSWORD} characters")
    return PasswordHasher().hash(password)


# verified for names that do not exist, so that the time does not tell which do
_NO_PASSWORD = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # noqa: S105


def _decoded(value: str) -> str:
    """Return a header value, which was decoded as Latin-1, decoded as UTF-8 if it is UTF-8, as proxies send names."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _network(client: str) -> str:
    """Return the network to count failed attempts for: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv4Address):
        return client
    return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))


def _is_within(client: str, settings: WebSettings) -> bool:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return False
    return any(address.version == network.version and address in network for network in settings.trusted_proxies)


def _is_loopback(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False
