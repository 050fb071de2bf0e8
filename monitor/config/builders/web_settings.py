"""Build the settings of the web page from ``[web]``, with the secrets of its users and tokens resolved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.config.schema.tables import WebTable
from monitor.config.settings import KeyPath, WebSettings, WebToken, WebUser

SHORTEST_TOKEN = 24  # characters; a shorter one could be guessed
_MAKE_TOKEN = "make one with: openssl rand -hex 24"  # noqa: S105 - a command, no password


@dataclass(frozen=True, slots=True)
class WebSettingsBuilder:
    """Builds the settings of the web page from ``[web]``, and reports values that cannot be used."""

    shape: WebTable
    resolved: Callable[[str, KeyPath], str | None]  # a text with its placeholders replaced; None: reported already
    add_secret: Callable[[str], None]
    error: Callable[[KeyPath, str, str], None]  # place, message, hint

    def build(self) -> WebSettings:
        """Return the settings of the web page; a value with an error is left empty."""
        shape = self.shape
        host, port = shape.listen
        self._ensure_protected(host)
        return WebSettings(
            host=host,
            port=port,
            base_url=self._base_url(),
            hosts=tuple(name.lower() for name in shape.hosts),
            user_header=shape.user_header,
            trusted_proxies=tuple(shape.trusted_proxies),
            users={
                name: WebUser(self._password_hash(name, user.password), is_editor=user.role == "editor")
                for name, user in shape.users.items()
            },
            tokens={
                name: WebToken(self._token(name, program.token), frozenset(program.scopes))
                for name, program in shape.tokens.items()
            },
        )

    def _ensure_protected(self, host: str) -> None:
        shape = self.shape
        signed_in = shape.users or (shape.user_header and shape.trusted_proxies)
        if not signed_in and not is_loopback(host):
            what = f"is {host}, which other machines can reach, and there is no [web.users.NAME]"
            self.error(("web", "listen"), what, "add a user, or listen on 127.0.0.1")
        if shape.user_header and not shape.trusted_proxies:
            hint = 'add trusted_proxies = ["127.0.0.1"]: the header is believed only from there'
            self.error(("web", "user_header"), "needs trusted_proxies", hint)

    def _base_url(self) -> str:
        url = self.shape.base_url
        try:
            at = urlsplit(url)
            usable = at.scheme in ("http", "https") and at.hostname and not (at.query or at.fragment or at.username)
        except ValueError:
            usable = False
        if url and not usable:
            self.error(("web", "base_url"), "must be a web address", 'write it as "https://monitor.example.org"')
        return url.rstrip("/") if usable else ""

    def _password_hash(self, name: str, text: str) -> str:
        path: KeyPath = ("web", "users", name, "password")
        if not text and not self.shape.user_header:
            self.error(path[:-1], "has no password", "make a hash of one with: monitor web --hash-password")
        found = self._credential(text, path)
        if found and not found.startswith("$argon2"):
            self.error(path, "is not a hash of a password", "make one with: monitor web --hash-password")
        return found

    def _token(self, name: str, text: str) -> str:
        path: KeyPath = ("web", "tokens", name, "token")
        found = self._credential(text, path)
        if found and len(found) < SHORTEST_TOKEN:
            self.error(path, f"has fewer than {SHORTEST_TOKEN} characters", _MAKE_TOKEN)
        return found

    def _credential(self, text: str, path: KeyPath) -> str:
        found = (self.resolved(text, path) or "").strip()
        if found:
            self.add_secret(found)
        return found


def is_loopback(host: str) -> bool:
    """Return whether *host*, an IP address or ``localhost``, can be reached only from this machine."""
    return host == "localhost" or ip_address(host).is_loopback
