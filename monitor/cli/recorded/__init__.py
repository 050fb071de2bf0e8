"""The recorded feeds of ``monitor demo``, and local HTTP servers that serve them."""

from __future__ import annotations

import hashlib
import re
import threading
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import TracebackType

from monitor import clock

_FEEDS = {
    "ledger-wire": ("127.88.0.1", "ledger-wire.xml", "application/rss+xml"),
    "chain-post": ("127.88.0.2", "chain-post.atom", "application/atom+xml"),
    "breach-report": ("127.88.0.3", "breach-report.json", "application/feed+json"),
}
_MOMENT = re.compile(r"\[\[(rfc822|iso) (\d+)\]\]")  # minutes before the start of the demo


class RecordedSites:
    """Serves each recorded feed from a local address of its own, with ETag and status 304 (not modified).

    ``edition`` names the version of the feeds to serve: "first" or "second", the folders in which they are stored.
    """

    def __init__(self) -> None:
        self.edition = "first"
        self._began = clock.now().replace(microsecond=0)
        self._servers = {name: self._serve(host, file, kind) for name, (host, file, kind) in _FEEDS.items()}
        self.urls = {
            name: f"http://{server.server_address[0]!s}:{server.server_address[1]}/feed"
            for name, server in self._servers.items()
        }

    def __enter__(self) -> RecordedSites:
        for server in self._servers.values():
            threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def _serve(self, host: str, file: str, content_type: str) -> ThreadingHTTPServer:
        sites = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = sites.page(file, f"http://{self.headers['Host']}")
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                unchanged = self.headers["If-None-Match"] == etag
                self.send_response(304 if unchanged else 200)
                self.send_header("ETag", etag)
                if not unchanged:
                    self.send_header("Content-Type", content_type)
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if not unchanged:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Log nothing, because the demo prints alerts to the terminal."""

        return ThreadingHTTPServer((host, 0), Handler)

    def page(self, file: str, base: str) -> bytes:
        """Return the recorded feed *file* in the current edition, with links below *base* and recent dates."""
        text = files(__name__).joinpath(self.edition, file).read_text(encoding="utf-8")

        def moment(found: re.Match[str]) -> str:
            at = self._began - timedelta(minutes=int(found[2]))
            return format_datetime(at, usegmt=True) if found[1] == "rfc822" else at.isoformat()

        return _MOMENT.sub(moment, text).replace("{base}", base).encode()
