"""Render a message as boxes for a terminal, with a given width, with or without colour."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.alerts.content.compose import compose
from monitor.alerts.content.hit_wording import shortened
from monitor.alerts.content.message_content import DetailLine, HitDetails, LineKind, MessageContent, SummaryGroup
from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.text_runs import TextRun, neutralised_runs
from monitor.alerts.render.running_text import MAX_FACT, MAX_SUMMARY_REASON
from monitor.model import Message, Severity

if TYPE_CHECKING:
    from rich.text import Text  # rich takes 100 ms to import: functions import it

MIN_WIDTH = 40

# styles as rich writes them
_BORDER = {Severity.CRITICAL: "red", Severity.HIGH: "color(208)", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_MENTION = "not bold not dim black on color(179)"
_DIM = (
    *(LineKind.SOURCE, LineKind.EDIT, LineKind.RULE, LineKind.LISTED, LineKind.INDICATORS),
    *(LineKind.EARLIER_STORY, LineKind.DAILY_MENTIONS, LineKind.NOTE, LineKind.LINK),
)


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """How to show a message on a terminal: width, colours, time zone and the like."""

    zone: ZoneInfo  # the time zone of all times
    now: datetime  # the current time
    width: int  # of the boxes, in columns; at least 40
    colour: bool = False  # False: no escape sequence in the result, and mentions stand between ``**``
    label: str = ""  # shown in place of the severity or the kind; empty: show these
    base_url: str = ""  # the address of the web page; empty without a page: no links to it


def render_console(message: Message, options: ConsoleOptions) -> str:
    """Return *message* as boxes for a terminal, without a line break at the end.

    The first 10 hits have a box each, 30 more have a line each, and the others are only counted. Text from a feed is
    never interpreted as markup of the library rich.
    """
    content = compose(message, zone=options.zone, now=options.now, base_url=options.base_url)
    boxes = _Boxes(max(MIN_WIDTH, options.width), options.colour)
    boxes.draw(replace(content, label=options.label or content.label))
    return boxes.drawn()


class _Boxes:
    """Draws the boxes of one message, all of the same width."""

    def __init__(self, width: int, colour: bool) -> None:
        from rich.console import Console

        self._colour = colour
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=width,
            color_system="256" if colour else None,
            force_terminal=colour,
            no_color=not colour,
            legacy_windows=False,
            _environ={},  # nothing but the arguments decides how it looks
        )

    def drawn(self) -> str:
        """Return the boxes drawn so far, as text."""
        return self._out.getvalue().removesuffix("\n")

    def draw(self, content: MessageContent) -> None:
        """Draw the boxes of a message, from top to bottom."""
        if len(content.details) == 1:
            body = [*self._opening(content), *self._details(content.details[0])]
            self._box(
                _title(content), f"#{content.details[0].hit}{content.delivery_notes_text}", body, content.severity
            )
            return
        body = [
            *self._opening(content),
            *self._groups(content.groups if not content.details else ()),
            *self._facts(content),
        ]
        self._box(_title(content), content.delivery_notes_text.strip(), body, content.severity)
        for hit in content.details:
            self._box(_hit_heading(hit), f"#{hit.hit}", self._details(hit), hit.severity)
        if content.details and (rest := [*self._groups(content.groups), *self._more(content)]):
            self._box("Also", "", rest, None)

    def _box(self, title: str, subtitle: str, body: Iterable[Text], severity: Severity | None) -> None:
        from rich.panel import Panel
        from rich.text import Text

        lines = [line for text in body for line in text.wrap(self._console, self._console.width - 4) or [text]]
        for line in lines:
            line.rstrip()  # else the space after a mention at the end of a line has the mention's background
        box = Panel(
            Text("\n").join(lines),
            title=Text(title) if title else None,
            title_align="left",
            subtitle=Text(subtitle) if subtitle else None,
            subtitle_align="right",
            border_style=_BORDER[severity] if severity else "none",
        )
        self._console.print(box)

    def _opening(self, content: MessageContent) -> Iterator[Text]:
        if content.cause and content.cause != content.topic:
            yield _text(content.cause, MAX_FACT)
        if content.severity_summary:
            yield _text(content.severity_summary, MAX_FACT)
        for fact in content.facts_above_hits:
            yield _text(fact, MAX_FACT)

    def _details(self, hit: HitDetails) -> Iterator[Text]:
        for line in hit.lines_of(LineKind.HEADLINE, LineKind.EXCERPT):
            yield self._line(line, "bold" if line.kind is LineKind.HEADLINE else "")
        yield _text("", 0)
        for line in sorted(hit.lines_of(*_DIM), key=lambda line: line.kind is LineKind.LINK):
            yield self._line(line, "dim", f"{line.label.lower()}: " if line.label else "")
        for line in hit.lines_of(LineKind.NEXT_STEPS):
            yield from _links(line.runs)

    def _groups(self, groups: Iterable[SummaryGroup]) -> Iterator[Text]:
        for group in groups:
            yield _text("", 0)
            if group.heading:
                yield _text(group.heading, 80, "bold")
            for line in group.lines:
                details = "; ".join(filter(None, [line.amounts, line.source]))
                yield _text(f"[{line.severity.word.upper()}] {line.headline} ({details}) #{line.hit}", 400)
                if line.reason:
                    yield _text(line.reason, MAX_SUMMARY_REASON, "dim")
                if line.link:
                    yield _text(line.link, 2000, "dim")
                yield from _links(line.page_links)

    def _facts(self, content: MessageContent) -> Iterator[Text]:
        if content.facts_heading:
            yield _text("", 0)
            yield _text(f"{content.facts_heading}:", 80, "bold")
        for fact in content.facts_below_hits:
            yield _text(fact, MAX_FACT)
        if not content.details:
            yield from self._more(content)

    def _more(self, content: MessageContent) -> Iterator[Text]:
        if content.omitted:
            yield _text(f"and {content.omitted} more", 80)

    def _line(self, line: DetailLine, style: str, before: str = "") -> Text:
        from rich.text import Text

        limit = 2000 if line.kind is LineKind.LINK else line.limit
        runs = [TextRun(before), *line.runs] if before else list(line.runs)
        text = Text(overflow="fold", style=style)
        # a terminal acts on nothing that is printable, so the text stays as it was written
        for run in neutralised_runs([replace(run, from_operator=True) for run in runs], limit):
            shown = shortened(run.text) if run.is_code else run.text
            if run.is_mention and not self._colour:
                shown = f"**{shown}**"
            text.append(shown, _MENTION if run.is_mention else None)
        return text


def _text(text: str, limit: int, style: str = "") -> Text:
    from rich.text import Text

    return Text(cut(printable(text[: 4 * limit]), limit), style=style, overflow="fold")


def _links(runs: Iterable[TextRun]) -> Iterator[Text]:
    """Yield each link to the web page on a line of its own; if there is no web page, yield nothing."""
    yield from (_text(f"{run.text.lower()}: {run.link}", 2000, "dim") for run in runs if run.link)


def _title(content: MessageContent) -> str:
    return "  ".join(printable(cut(text, 150)) for text in (content.label, content.topic, content.amounts) if text)


def _hit_heading(hit: HitDetails) -> str:
    return "".join(printable(cut(run.text, 150)) for line in hit.lines_of(LineKind.HIT_HEADING) for run in line.runs)
