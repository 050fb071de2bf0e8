"""Replace the address of a destination, or any other secret, in any text. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

HIDDEN = "***"
_MIN_LENGTH = 4  # shorter parts ("to", "yes", "443") reveal nothing and occur in every text
_SEPARATORS = re.compile(r"[/?&=:@#,;+ ]+")


def secrets_of(url: str) -> tuple[str, ...]:
    """Return every part of *url* that may be a secret, in all encodings, longest first.

    These are the whole address, its host, path, login and option values, each also percent-decoded and
    percent-encoded, but not the scheme. Parts of fewer than 4 characters are left out, unless they are a password.
    """
    scheme, _, rest = url.partition("://")
    host_and_path, _, options = rest.partition("?")
    login, at, _ = host_and_path.partition("@")
    password = login.partition(":")[2] if at and "/" not in login else ""
    # the names of options ("from", "mode") are ordinary words, so only their values are secrets
    values = [option.partition("=")[2] or option for option in re.split(r"[&?]", options)]
    parts = {url, rest, host_and_path, *_SEPARATORS.split(host_and_path), options, *values}
    parts |= {part for value in values for part in _SEPARATORS.split(value)}
    spelled = {way(part) for part in parts for way in (str, unquote, unquote_plus)}
    spelled |= {way(part) for part in spelled for way in (quote, quote_plus, _quote_all)}
    long_enough = {part for part in spelled if len(part) >= _MIN_LENGTH and part != scheme}
    return tuple(sorted(long_enough | ({password} - {""}), key=lambda part: (-len(part), part)))


def spellings(secret: str) -> tuple[str, ...]:
    """Return the encodings in which *secret* may occur in a text, longest first.

    These are the secret itself, percent-decoded, percent-encoded, and as quoted by Python and JSON. Encodings of fewer
    than 4 characters are left out, but not the secret itself.
    """
    plain = {secret, unquote(secret), unquote_plus(secret)}
    encoded = {way(text) for text in plain for way in (quote, quote_plus, _quote_all)}
    quoted = {way(text)[1:-1] for text in plain for way in (repr, json.dumps, _as_json)}
    spelled = {text for text in plain | encoded | quoted if len(text) >= _MIN_LENGTH}
    return tuple(sorted(spelled | {secret}, key=lambda text: (-len(text), text)))


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _quote_all(text: str) -> str:
    return quote(text, safe="")


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with every one of *secrets* replaced by ``***``, ignoring case.

    Give the secrets longest first, as ``secrets_of`` does: a shorter one may be a part of a longer one.
    """
    for secret in secrets:
        text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
    return text


class Redactor:
    """Replaces secrets, in all their spellings, in texts and JSON values."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {text for secret in secrets for text in spellings(secret)}
        longest_first = sorted(found, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if found else None

    def redact(self, value: Any) -> Any:
        """Return *value* with the secrets in its texts replaced by ``***``; keys are not changed."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self._pattern.sub(HIDDEN, value)
        if isinstance(value, dict):
            return {key: self.redact(item) for key, item in value.items()}
        return [self.redact(item) for item in value] if isinstance(value, list) else value
