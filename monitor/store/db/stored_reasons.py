"""Reasons as the database holds them: a JSON object with the code and the parameters; several as a JSON array."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitor.model.reason import Reason, reason_fields, reason_of

if TYPE_CHECKING:
    from monitor.model import Annotation


def reason_stored(reason: Reason) -> str:
    """Return *reason* as JSON."""
    return json.dumps(reason_fields(reason), ensure_ascii=False)


def reason_from(text: str | None) -> Reason | None:
    """Return the reason in *text*; None if there is none."""
    return reason_of(json.loads(text)) if text is not None else None


def reasons_stored(reasons: Iterable[Reason]) -> str:
    """Return *reasons* as a JSON array."""
    return json.dumps([reason_fields(reason) for reason in reasons], ensure_ascii=False)


def reasons_from(text: str) -> tuple[Reason, ...]:
    """Return the reasons in *text*."""
    return tuple(reason_of(values) for values in json.loads(text))


def annotation_stored(annotation: Annotation) -> str | None:
    """Return *annotation* as JSON; None if it says nothing."""
    from monitor.model import Annotation

    if annotation == Annotation():
        return None
    reasons = [reason_fields(reason) for reason in annotation.reasons]
    said = {"title": annotation.title, "reasons": reasons, "lines": list(annotation.lines)}
    return json.dumps(said, ensure_ascii=False)


def annotation_from(text: str | None) -> Annotation:
    """Return the annotation in *text*; an empty one if there is none."""
    from monitor.model import Annotation

    if text is None:
        return Annotation()
    said = json.loads(text)
    return Annotation(said["title"], tuple(reason_of(values) for values in said["reasons"]), tuple(said["lines"]))
