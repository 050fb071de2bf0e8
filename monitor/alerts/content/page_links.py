"""The links of an alert to the web page: open a hit, acknowledge it, or mute its actor.

Following a link changes nothing, because mail scanners and chat clients follow links: it opens a page with a button.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.alerts.content.text_runs import TextRun, TextRuns

HIT_LINKS = 3  # of one hit


def hit_address(base_url: str, hit: int, action: str = "") -> str:
    """Return the URL of a hit on the web page, or of an action on the hit.

    Args:
        base_url: The URL of the web page, without a slash at its end.
        hit: The number of the hit.
        action: "acknowledge" or "mute"; empty for the hit itself.
    """
    return f"{base_url}/hits/{hit}{f'/{action}' if action else ''}"


def hit_links(base_url: str, hit: int) -> TextRuns:
    """Return the links to a hit on the web page, the most important first; empty if there is no *base_url*."""
    if not base_url:
        return ()
    labels = (("Open", ""), ("Acknowledge", "acknowledge"), ("Mute", "mute"))
    return tuple(TextRun(label, link=hit_address(base_url, hit, action)) for label, action in labels)


def page_link(base_url: str) -> TextRuns:
    """Return the link to the list of hits on the web page; empty if there is no *base_url*."""
    return (TextRun("Open the page", link=f"{base_url}/"),) if base_url else ()


def separated(runs: Sequence[TextRun], *before: TextRun) -> TextRuns:
    """Return the *before* runs, then *runs* with `` | `` between them."""
    with_bars = [part for run in runs for part in (TextRun(" | "), run)]
    return (*before, *with_bars[1:])
