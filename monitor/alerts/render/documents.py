"""Size limit and colours that all renderers of JSON messages (Slack, Discord, Teams) share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from monitor.alerts.content.message_content import MessageContent
from monitor.model import Severity

Document = dict[str, Any]  # JSON in a service's own format
Rendered = TypeVar("Rendered")

_COLOURS = {
    Severity.CRITICAL: "#c81e3a",
    Severity.HIGH: "#e8711a",
    Severity.MEDIUM: "#d9a514",
    Severity.LOW: "#8fa0b5",
}
_NO_SEVERITY = "#667085"

# hits with details, summary lines, facts, and characters of the longest line: from everything to very little
_STEPS = (
    *((10, 200, 30, 400), (10, 40, 30, 400), (5, 40, 20, 400), (5, 10, 20, 300), (3, 10, 10, 300), (2, 5, 10, 300)),
    *((1, 5, 5, 300), (1, 0, 5, 200), (1, 0, 3, 100), (1, 0, 1, 60)),
)


def largest_that_fits(
    content: MessageContent, render: Callable[[MessageContent], Rendered], fits: Callable[[Rendered], bool]
) -> Rendered:
    """Return the rendering of as much of *content* as the service accepts.

    Args:
        content: The whole message.
        render: Renders the whole content or a shortened one.
        fits: Returns whether the service accepts a rendering. If not even the shortest one fits, that is returned.
    """
    for details, summary_lines, facts, max_line in _STEPS:
        shorter = content.trimmed(details=details, summary_lines=summary_lines, facts=facts, max_line=max_line)
        for links in sorted({shorter.most_links, min(1, shorter.most_links), 0}, reverse=True):
            rendered = render(shorter.with_fewer_links(links))
            if fits(rendered):
                return rendered
    return rendered


def ascii_size(document: Document) -> int:
    """Return the size of *document* in bytes if it is written as JSON with all non-ASCII characters escaped."""
    return len(json.dumps(document))


def severity_colour(severity: Severity | None) -> str:
    """Return the colour that messages show for *severity*, as ``#rrggbb``; grey for None."""
    return _COLOURS[severity] if severity else _NO_SEVERITY
