"""The result of matching a text as the object that ``match``, ``show --json`` and the API print."""

from __future__ import annotations

from typing import Any

from monitor.alerts.content.list_wording import list_fields
from monitor.model import IndicatorKind, Judgement, Mention


def judgement_row(judgement: Judgement) -> dict[str, Any]:
    """Return *judgement* as the object that ``match`` prints for an item."""
    return {
        "actors": list(judgement.actors),
        "keywords": list(judgement.keywords),
        "mentions": [_mention(m) for m in judgement.mentions],
        "rules": [r.rule for r in judgement.rules],
        "severity": judgement.severity.word if judgement.severity else None,
        "amounts": [{"value": a.value, "currency": a.currency, "text": a.text} for a in judgement.amounts],
        **_indicator_rows(judgement),
        "lists": [list_fields(listed) for listed in judgement.lists],
    }


def _mention(mention: Mention) -> dict[str, Any]:
    who = {"actor": mention.actor} if mention.actor else {"keyword": mention.keyword}
    return who | {
        "alias": mention.alias,
        "text": mention.text,
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "edits": mention.edits,
        "kind": str(mention.kind),
    }


def _indicator_rows(judgement: Judgement) -> dict[str, Any]:
    by_kind = {kind: [i for i in judgement.indicators if i.kind is kind] for kind in IndicatorKind}
    return {
        "addresses": [{"chain": i.chain, "address": i.value} for i in by_kind[IndicatorKind.ADDRESS]],
        "transactions": [{"chain": i.chain, "hash": i.value} for i in by_kind[IndicatorKind.TRANSACTION]],
        "cves": [i.value for i in by_kind[IndicatorKind.CVE]],
    }
