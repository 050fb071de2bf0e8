"""The links of an alert to the web page: open a hit, acknowledge it, mute what it is about. Pure.

Following one changes nothing: mail scanners and chat clients follow links. Each leads to a page with a button.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.alerts.content.text_runs import TextRun, TextRuns

HIT_LINKS = 3  # of one hit


def hit_address(base_url: str, hit: int, action: str = "") -> str:
    """Return the address of a hit on the web page, or of an action on it.

    Args:
        base_url: The address of the web page, without a slash at its end.
        hit: The number of the hit.
        action: "acknowledge" or "mute"; empty for the hit itself.
    """
    return f"{base_url}/hits/{hit}{f'/{action}' if action else ''}"


def hit_links(base_url: str, hit: int) -> TextRuns:
    """Return the links of a hit, the most important first; empty when *base_url* is."""
    if not base_url:
        return ()
    labels = (("Open", ""), ("Acknowledge", "acknowledge"), ("Mute", "mute"))
    return tuple(TextRun(label, link=hit_address(base_url, hit, action)) for label, action in labels)


def page_link(base_url: str) -> TextRuns:
    """Return the link to the list of hits; empty when *base_url* is."""
    return (TextRun("Open the page", link=f"{base_url}/"),) if base_url else ()


def separated(runs: Sequence[TextRun], *before: TextRun) -> TextRuns:
    """Return *before*, then *runs* separated by bars."""
    with_bars = [part for run in runs for part in (TextRun(" | "), run)]
    return (*before, *with_bars[1:])
