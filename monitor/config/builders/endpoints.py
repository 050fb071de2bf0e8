"""Build everything that contains a URL (feeds, destinations, proxy, ping URL), with secrets filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from monitor.config.builders.web_settings import WebSettingsBuilder
from monitor.config.literal_secrets import masked, secret_parameters, secret_parts
from monitor.config.merging import MergedConfig
from monitor.config.placeholders import placeholder_files, resolve_placeholders
from monitor.config.problem_messages import setting_name
from monitor.config.report import Report
from monitor.config.schema.tables import FeedTable
from monitor.config.schema.values import ADAPTIVE
from monitor.config.settings import KeyPath, WebSettings
from monitor.model import Destination, Feed, PageSelectors

MIN_SECRET_LENGTH = 4  # characters; shorter texts are part of too many words to be redacted
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110 section 5.6.2
PROXIES = ("socks5h", "socks5", "socks4", "http", "https")
_UNRESOLVED_PATH = re.compile(r"[a-zA-Z]+://[^/$]+/")  # a URL whose placeholders are all behind the host
BREAKS = re.compile(r"[\x00-\x20\x7f]")


class EndpointBuilder:
    """Builds feeds, destinations, proxy and ping URL from the merged files, and collects the secrets in their URLs."""

    def __init__(
        self, merged: MergedConfig, environ: Mapping[str, str], report: Report, *, secrets_needed: bool = True
    ) -> None:
        self._merged = merged
        self._secrets_needed = secrets_needed
        self._environ = environ
        self._report = report
        self._secrets: set[str] = set()
        self.secret_files: list[Path] = []  # where ``${file:...}`` looks, so far

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the secrets found so far, longest first, so that a secret is redacted before one that it contains."""
        return tuple(sorted((s for s in self._secrets if len(s) >= MIN_SECRET_LENGTH), key=lambda s: (-len(s), s)))

    def report_literals(self) -> None:
        """Report every secret written into a file instead of a placeholder: an error if other users can read the file.

        If only the owner can read the file, it is a warning.
        """
        for path, text in self._texts():
            if masked(path, text) is None:
                continue
            source, local = self._merged.origins.find(path)
            message, way_out = (
                f"{setting_name(path)} contains a literal secret",
                "use ${NAME} instead",
            )
            if source.readable_by_others:
                hint = f"{way_out}, or run: chmod 600 {source.file}"
                self._report.error(source.place(local), f"{message}, and other users can read the file", hint)
            else:
                self._report.warn(source.place(local), message, way_out)

    def _texts(self) -> Iterator[tuple[KeyPath, str]]:
        for key, feed in self._merged.feeds.items():
            if feed.url.lower().startswith("http"):  # any other value is not a valid URL, which is reported
                yield ("feeds", key, "url"), feed.url
            yield ("feeds", key, "auth"), feed.auth
            for name, value in feed.headers.items():
                yield ("feeds", key, "headers", name), value
        for key, destination in self._merged.main.destinations.items():
            yield ("destinations", key, "url"), destination.url
        if web := self._merged.main.web:
            for name, user in web.users.items():
                yield ("web", "users", name, "password"), user.password
            for name, program in web.tokens.items():
                yield ("web", "tokens", name, "token"), program.token
        yield ("http", "proxy"), self._merged.main.http.proxy
        yield ("health", "ping"), self._merged.main.health.ping

    def feeds(self) -> dict[str, Feed]:
        """Return the enabled feeds by their keys."""
        enabled = {key: shape for key, shape in self._merged.feeds.items() if shape.enabled}
        return {key: feed for key, shape in enabled.items() if (feed := self._feed(key, shape))}

    def destinations(self) -> dict[str, Destination]:
        """Return the destinations by their names."""
        destinations = {}
        for name, shape in self._merged.main.destinations.items():
            path: KeyPath = ("destinations", name, "url")
            if not shape.url:
                self._report_missing_url(path, 'write url = "${NAME}"')
                continue
            url = self._resolved(shape.url, path)
            if url is not None and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", url):
                self._error(path, "must be an Apprise URL", 'for example "slack://...", "mailto://..." or "console://"')
            if masked(path, url) is not None:
                self._secrets |= {str(url), *secret_parts(str(url))}
            if shape.max_severity is not None and shape.max_severity < shape.min_severity:
                low, high = shape.min_severity.word, shape.max_severity.word
                what = f"is {high}, below min_severity {low}: nothing is sent here"
                self._error(("destinations", name, "max_severity"), what, "raise it, or lower min_severity")
            destinations[name] = Destination(
                name=name,
                url=url or "",
                min_severity=shape.min_severity,
                max_severity=shape.max_severity,
                max_per_hour=shape.max_per_hour,
                digest=tuple(shape.digest),
                quiet_hours=tuple(shape.quiet_hours),
                break_quiet=shape.break_quiet,
                canary=shape.canary,
            )
        return destinations

    def proxy(self) -> str:
        """Return the URL of ``[http] proxy``; empty if there is no proxy."""
        path: KeyPath = ("http", "proxy")
        text = self._merged.main.http.proxy
        url = self._resolved(text, path) if text else ""
        try:
            at = urlsplit(url or "")
            usable = at.scheme in PROXIES and at.hostname and at.port
        except ValueError:
            usable = False
        if url and not usable:
            hint = f'write it as "socks5h://127.0.0.1:9050"; supported schemes: {", ".join(PROXIES)}'
            self._error(path, "must be the URL of a proxy with its port", hint)
        elif url and at.password:
            self._secrets |= {at.password, unquote(at.password)}
        return url or ""

    def ping(self) -> str:
        """Return the URL of the dead man's switch, ``[health] ping``; empty if none is set."""
        path: KeyPath = ("health", "ping")
        text = self._merged.main.health.ping
        url = self._resolved(text, path) if text else ""
        at = self._split(url, path) if url else None
        if url and (url != text or masked(path, text) is not None):
            self._secrets |= {url, *secret_parts(url)}
        return url if url and at else ""

    def web(self) -> WebSettings | None:
        """Return the settings of the web page; None if there is no table ``[web]``."""
        shape = self._merged.main.web
        if shape is None:
            return None
        return WebSettingsBuilder(shape, self._resolved, self._secrets.add, self._error).build()

    def _feed(self, key: str, shape: FeedTable) -> Feed | None:
        path: KeyPath = ("feeds", key, "url")
        if not shape.url:
            self._report_missing_url(path, 'write url = "https://..."')
            return None
        url = self._resolved(shape.url, path)
        at = self._split(url, path) if url is not None else None
        self._secrets.update(secret_parameters(url or ""))
        login = self._login(key, shape.auth) if shape.auth else None
        if at and at.username is not None:
            if shape.auth:
                self._error(path, "contains a login, and auth is set too", "keep one of them")
            login = unquote(at.username), unquote(at.password or "")
            self._secrets |= {at.password or at.username, login[1] or login[0]}
            at = at._replace(netloc=at.netloc.rpartition("@")[2])
        return Feed(
            key=key,
            url=urlunsplit(at) if at else "",
            every_s=shape.every if isinstance(shape.every, float) else self._merged.main.http.every,
            adaptive=shape.every == ADAPTIVE,
            own_every=isinstance(shape.every, float),
            max_wait_s=self._merged.main.http.max_wait,
            full_text=shape.full_text,
            page=PageSelectors(**shape.page.model_dump(), language=shape.language) if shape.page else None,
            outlet=shape.outlet,
            language=shape.language,
            tags=frozenset(shape.tags),
            auth=login,
            headers=tuple(self._header(key, name, value) for name, value in shape.headers.items()),
            weight=shape.weight,
        )

    def _split(self, url: str, path: KeyPath) -> SplitResult | None:
        try:
            at = urlsplit(url)
            _ = at.port
        except ValueError:
            at = SplitResult("", "", "", "", "")
        if BREAKS.search(url):
            self._error(path, "contains a space or a line break", "write %20 for a space")
        elif at.scheme not in ("http", "https"):
            self._error(path, "must be a web address", 'write it as "https://example.org/feed"')
        elif not at.hostname:
            self._error(path, "has no host", 'write it as "https://example.org/feed"')
        else:
            return at
        return None

    def _login(self, key: str, text: str) -> tuple[str, str] | None:
        path: KeyPath = ("feeds", key, "auth")
        login = self._resolved(text, path)
        if login is None:
            return None
        user, colon, password = login.partition(":")
        if not colon:
            self._error(path, "must contain a user name and a password", 'write "user:${PASSWORD}"')
            return None
        self._secrets |= {login, password}
        return user, password

    def _header(self, key: str, name: str, text: str) -> tuple[str, str]:
        path: KeyPath = ("feeds", key, "headers", name)
        if not HEADER_NAME.fullmatch(name):
            self._error(path, "is not a valid header name", "use letters, digits and dashes")
        value = self._resolved(text, path) or ""
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value) or value.strip() != value:
            self._error(path, "contains a line break, or a space at the start or end", "delete it")
        if masked(path, text) is not None:
            self._secrets.add(value)
        return name, value

    def _resolved(self, text: str, path: KeyPath) -> str | None:
        source, _ = self._merged.origins.find(path)
        folder = source.file.absolute().parent
        self.secret_files += placeholder_files(text, environ=self._environ, folder=folder)
        resolved = resolve_placeholders(text, environ=self._environ, folder=folder)
        self._secrets |= set(resolved.secrets)
        if resolved.errors and not self._secrets_needed:
            return resolved.text if _UNRESOLVED_PATH.match(resolved.text) else None
        for error in resolved.errors:
            self._error(path, error.message, error.hint)
        return None if resolved.errors else resolved.text

    def _report_missing_url(self, path: KeyPath, hint: str) -> None:
        if not self._merged.broken & {path, path[:2]}:
            self._report.error(
                self._merged.origins.place(path[:2], key=True), f"{setting_name(path[:2])} has no url", hint
            )

    def _error(self, path: KeyPath, message: str, hint: str) -> None:
        self._report.error(self._merged.origins.place(path), f"{setting_name(path)} {message}", hint)
