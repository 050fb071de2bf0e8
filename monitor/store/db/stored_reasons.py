"""Convert reasons and annotations to and from the JSON in which the database stores them.

A reason is an object with its code and parameters; several reasons are an array.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitor.model.reason import Reason, reason_fields, reason_of

if TYPE_CHECKING:
    from monitor.model import Annotation


def reason_stored(reason: Reason) -> str:
    """Return *reason* as JSON for the database."""
    return json.dumps(reason_fields(reason), ensure_ascii=False)


def reason_from(text: str | None) -> Reason | None:
    """Return the reason that the JSON *text* contains; None if *text* is None."""
    return reason_of(json.loads(text)) if text is not None else None


def reasons_stored(reasons: Iterable[Reason]) -> str:
    """Return *reasons* as a JSON array for the database."""
    return json.dumps([reason_fields(reason) for reason in reasons], ensure_ascii=False)


def reasons_from(text: str) -> tuple[Reason, ...]:
    """Return the reasons that the JSON array *text* contains."""
    return tuple(reason_of(values) for values in json.loads(text))


def annotation_stored(annotation: Annotation) -> str | None:
    """Return *annotation* as JSON for the database; None if it is empty."""
    from monitor.model import Annotation

    if annotation == Annotation():
        return None
    reasons = [reason_fields(reason) for reason in annotation.reasons]
    values = {"title": annotation.title, "reasons": reasons, "lines": list(annotation.lines)}
    return json.dumps(values, ensure_ascii=False)


def annotation_from(text: str | None) -> Annotation:
    """Return the annotation that the JSON *text* contains; an empty one if *text* is None."""
    from monitor.model import Annotation

    if text is None:
        return Annotation()
    values = json.loads(text)
    return Annotation(values["title"], tuple(map(reason_of, values["reasons"])), tuple(values["lines"]))
