"""Count the files and functions of monitor/ that one new entry passes on its way from poll to commit.

    python -m benchmarks.path_of_an_entry [--with-parser] [--list]

One feed is polled twice: the first document is the backlog, the second has one new entry that is a hit. What is
called from the start of the second poll until its transaction is committed is counted, in all threads. The parser
runs in a worker process and is left out unless ``--with-parser`` runs it in this process.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import tempfile
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import monitor
from monitor.config import load
from monitor.daemon.app import Daemon
from monitor.feeds.parse.workers import read_document

ROOT = Path(monitor.__file__).parent
IMPLICIT = ("<lambda>", "<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<module>")

CONFIG = """
[storage]
path = "monitor.db"
[http]
allow_private = ["127.0.0.0/8"]
[actors]
heron = ["Night Heron"]
[keywords]
theft = ["stole", "theft"]
[rules.theft]
actors = ["heron"]
keywords = ["theft"]
severity = "critical"
send_to = ["desk"]
[destinations.desk]
url = "console://"
[feeds]
wire = "http://127.0.0.1:{port}/feed"
"""
TITLES = ("Night Heron stole $40 million from an exchange", "Bridges reopen", "Markets calm")


class Site(BaseHTTPRequestHandler):
    """Answers with a document of as many titles as it has been asked for."""

    listed = 1

    def do_GET(self) -> None:
        """Send the document."""
        items = "".join(f"<item><guid>{title}</guid><title>{title}</title></item>" for title in TITLES[-Site.listed :])
        body = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


class Tracer:
    """Records the functions of monitor/ that are called while it is armed."""

    def __init__(self) -> None:
        self.armed = False
        self.called: set[CodeType] = set()

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Profile function of ``sys.setprofile``."""
        if self.armed and event == "call":
            self.called.add(frame.f_code)

    def functions(self) -> list[tuple[str, str]]:
        """Return file and qualified name of each function, comprehensions and lambdas left out."""
        found = {(Path(code.co_filename), code.co_qualname) for code in self.called}
        return sorted(
            (str(path.relative_to(ROOT)), name)
            for path, name in found
            if path.is_relative_to(ROOT) and not name.endswith(IMPLICIT)
        )


async def trace(config: Path, *, with_parser: bool) -> list[tuple[str, str]]:
    """Return the functions that the second poll calls."""
    tracer = Tracer()
    threading.setprofile(tracer)
    sys.setprofile(tracer)
    loaded = load(config, environ={})
    assert loaded.config is not None, loaded.problems
    async with Daemon(loaded.config, console=io.StringIO()) as daemon:
        if with_parser:

            async def parse(*arguments: Any) -> Any:
                return await asyncio.to_thread(read_document, *arguments)

            daemon.pool.parse = parse  # type: ignore[method-assign]
        Site.listed = len(TITLES) - 1
        await daemon.poll_now()
        Site.listed = len(TITLES)
        tracer.armed = True
        (report,) = await daemon.poll_now()
        tracer.armed = False
    sys.setprofile(None)
    threading.setprofile(None)
    assert (report.new, report.hits) == (1, 1), report
    return tracer.functions()


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--with-parser", action="store_true", help="count the parser too")
    options.add_argument("--list", action="store_true", help="list the functions, by file")
    asked = options.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG.replace("{port}", str(server.server_port)))
        functions = asyncio.run(trace(config, with_parser=asked.with_parser))
    server.shutdown()
    per_file = Counter(path for path, _ in functions)
    if asked.list:
        for path, number in per_file.most_common():
            print(f"{number:4} {path}: {', '.join(name for at, name in functions if at == path)}")
    parser = "included" if asked.with_parser else "left out"
    print(f"{len(per_file)} files, {len(functions)} functions of monitor/ (parser {parser})")


if __name__ == "__main__":
    main()
