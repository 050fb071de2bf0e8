"""Replace secrets, such as the URL of a destination, in any text. The functions do no I/O."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

HIDDEN = "***"
_MIN_LENGTH = 4  # shorter parts ("to", "yes", "443") reveal nothing and occur in every text
_MARKER = re.compile(r"\$\{secret:[0-9a-f]{4}\.[0-9]+\}")  # see StoredSecrets
_SEPARATORS = re.compile(r"[/?&=:@#,;+ ]+")


def secrets_of(url: str) -> tuple[str, ...]:
    """Return every part of *url* that may be a secret, in all its encodings, longest first.

    These are the whole URL, its host, path, login and option values, each also percent-decoded and percent-encoded, but
    not the scheme. Parts of fewer than 4 characters are left out, unless they are a password.
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
        secrets = [*secrets]
        found = {text for secret in secrets for text in spellings(secret)}
        longest_first = sorted(found, key=len, reverse=True)
        alternatives = [_MARKER.pattern, *map(re.escape, longest_first), *map(_partly_encoded, secrets)]
        self._pattern = re.compile("|".join(alternatives), re.IGNORECASE)

    def redact(self, value: Any) -> Any:
        """Return *value* with the secrets in its texts replaced by ``***``; keys are not changed."""
        if isinstance(value, str):
            return self._pattern.sub(HIDDEN, value)
        if isinstance(value, dict):
            return {key: self.redact(item) for key, item in value.items()}
        return [self.redact(item) for item in value] if isinstance(value, list) else value


class StoredSecrets:
    """Replaces secrets in stored addresses by markers, and turns the markers back into the secrets.

    A marker consists of four hexadecimal digits of a hash of the secret, too few to recover it, and the number of its
    encoding. A secret that is only partly percent-encoded gets the marker of the fully encoded one, which means the
    same. A secret whose letters differ in case becomes ``***``, which cannot be reversed.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._markers: dict[str, str] = {}
        secrets = [secret for secret in secrets if secret]
        for secret in secrets:
            tag = hashlib.sha256(secret.encode()).hexdigest()[:4]
            for number, text in enumerate(sorted({*_encodings(secret)})):
                self._markers.setdefault(text, f"${{secret:{tag}.{number}}}")
        self._texts = {marker: text for text, marker in self._markers.items()}
        longest_first = sorted(self._markers, key=len, reverse=True)
        # a marker stays as it is, whatever the secrets are
        alternatives = [_MARKER.pattern, *map(re.escape, longest_first), *map(_partly_encoded, secrets)]
        self._pattern = re.compile("|".join(alternatives), re.IGNORECASE) if secrets else None

    def hide(self, text: str) -> str:
        """Return *text* with each secret replaced by a marker, which ``reveal`` can turn back into the secret."""
        if self._pattern is None or not text:
            return text
        return self._pattern.sub(self._marker, text)

    def _marker(self, match: re.Match[str]) -> str:
        if _MARKER.fullmatch(match[0]):
            return match[0]
        return self._markers.get(match[0]) or self._markers.get(_quote_all(unquote_plus(match[0])), HIDDEN)

    def redact(self, text: str) -> str:
        """Return *text* with each secret replaced by ``***``."""
        return self._pattern.sub(HIDDEN, text) if self._pattern and text else text

    def reveal(self, text: str) -> str:
        """Return *text* with each marker that ``hide`` wrote replaced by its secret, if the secret is known."""
        return _MARKER.sub(lambda match: self._texts.get(match[0], match[0]), text) if "${" in text else text


def _partly_encoded(secret: str) -> str:
    """Return a regular expression for *secret* with any of its characters percent-encoded, as URL libraries do it."""
    return "".join(c if c.isascii() and c.isalnum() else _encoded_or_not(c) for c in unquote(secret))


def _encoded_or_not(character: str) -> str:
    encoded = "".join(f"%{byte:02X}" for byte in character.encode(errors="replace"))
    return rf"(?:{re.escape(character)}|{encoded}{'|[+]' if character == ' ' else ''})"


def _encodings(secret: str) -> Iterable[str]:
    """Yield *secret* in each encoding, percent-encoded with upper-case and with lower-case hexadecimal digits."""
    for text in spellings(secret):
        yield text
        yield re.sub("%[0-9A-Fa-f]{2}", lambda match: match[0].lower(), text)
