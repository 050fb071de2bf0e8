"""Parse single values of a configuration: durations, distances, severities, time zones, networks and others.

Each parser takes a TOML value of any type, and returns the parsed value or raises InvalidValue.
"""

from __future__ import annotations

import difflib
import ipaddress
import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from monitor.config.settings import Network
from monitor.model import Scope, Severity, Within

UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "y": 365 * 86_400.0}
DURATION = r"[0-9]{1,9}(\.[0-9]{1,3})?[smhdy]"
MAX_YEARS = 100
MAX_DURATION_S = MAX_YEARS * UNIT_S["y"]  # more would exceed the range of datetime
UNIT_BYTES = {"kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
SIZE = rf"[0-9]{{1,6}}(\.[0-9]{{1,3}})? ?({'|'.join(UNIT_BYTES)})"
WORDS_APART = r"[1-9][0-9]{0,4} words?"
MAX_EDITS = 9
ADAPTIVE: Literal["adaptive"] = "adaptive"
MAX_COUNT = 100_000
ID = r"[A-Za-z0-9._-]+"
_ID = re.compile(ID)
ZONE = r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}"
LANGUAGE = r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*"


class InvalidValue(ValueError):  # noqa: N818 - the noun would be ValueError again
    """Raised for a value in the configuration that is not valid.

    Args:
        message: What is wrong, as the rest of a sentence that begins with "KEY in [SECTION]".
        hint: How to fix the problem; empty if *message* says so already.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint


def quoted(value: object) -> str:
    """Return *value* in quotes for a message: on one line, shortened, with control characters escaped."""
    if isinstance(value, str):
        text = json.dumps(value if len(value) <= 60 else value[:57] + "...", ensure_ascii=False)
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a number of that size"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, datetime | date | time):
        return f"the date or time {value}"
    return "a list" if isinstance(value, list) else "a table"


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return ``did you mean "fuzzy"?`` with the text in *known* most similar to *word*; empty if none is similar."""
    near = difflib.get_close_matches(str(word)[:100], list(known), n=1)
    return f"did you mean {quoted(near[0])}?" if near else ""


def parse_duration(value: object) -> float:
    """Return the duration in seconds of ``"90s"``, ``"5m"``, ``"2h"``, ``"7d"`` or ``"2y"``; a year has 365 days.

    Raises:
        InvalidValue: *value* has another form, or is more than 100 years.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise InvalidValue(
            f"must be a duration with a unit, not {quoted(value)}", f'write "{quoted(value)}s" for seconds'
        )
    if not isinstance(value, str) or not re.fullmatch(DURATION, value):
        raise InvalidValue(f"must be a duration, not {quoted(value)}", 'write it as "30s", "5m", "2h", "7d" or "2y"')
    seconds = float(value[:-1]) * UNIT_S[value[-1]]
    if seconds > MAX_DURATION_S:
        raise InvalidValue(f"is longer than 100 years: {quoted(value)}", "write a shorter duration")
    return seconds


def parse_size(value: object) -> int:
    """Return the number of bytes of ``"500MB"`` or ``"1.5 GB"``; a MB has 1,000,000 bytes.

    Raises:
        InvalidValue: *value* has another form.
    """
    if not isinstance(value, str) or not (match := re.fullmatch(SIZE, value)):
        raise InvalidValue(f"must be a size, not {quoted(value)}", 'write it as "500MB" or "2GB"')
    unit = match[2]
    return round(float(value.removesuffix(unit)) * UNIT_BYTES[unit])


def parse_document_size(value: object) -> int:
    """Return the number of bytes of a size between ``"10kB"`` and ``"32MB"``, the most that a parser process can hold.

    Raises:
        InvalidValue: *value* has another form, or is outside that range.
    """
    size = parse_size(value)
    if not 10_000 <= size <= 32_000_000:
        raise InvalidValue(f"must be from 10kB to 32MB, not {quoted(value)}")
    return size


def parse_every(value: object) -> float | Literal["adaptive"]:
    """Return a polling interval: ``"adaptive"``, or a duration of at least one second, in seconds.

    Raises:
        InvalidValue: *value* is neither.
    """
    if value == ADAPTIVE:
        return ADAPTIVE
    if isinstance(value, str) and not re.fullmatch(DURATION, value):
        hint = did_you_mean(value, [ADAPTIVE]) or 'write it as "90s", "5m" or "2h", or "adaptive"'
        raise InvalidValue(f"must be a duration, not {quoted(value)}", hint)
    return between("1s", "31d")(parse_duration(value))


def between(least: str, most: str = f"{MAX_YEARS}y") -> Callable[[float], float]:
    """Return a validator for durations; it raises InvalidValue for one shorter than *least* or longer than *most*."""

    def check(seconds: float) -> float:
        if seconds < parse_duration(least):
            raise InvalidValue(f'must be at least "{least}"')
        if seconds > parse_duration(most):
            raise InvalidValue(f'must be at most "{most}"')
        return seconds

    return check


def parse_count(value: object) -> int:
    """Return *value* if it is a whole number from 1 to 100,000.

    Raises:
        InvalidValue: *value* is something else.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_COUNT:
        return value
    hint = "write it without quotes" if isinstance(value, str) and value.isdecimal() else "for example 7"
    raise InvalidValue(f"must be a whole number from 1 to {MAX_COUNT:,}, not {quoted(value)}", hint)


def parse_thresholds(counts: list[int]) -> list[int]:
    """Return *counts*, the numbers of outlets that cause a follow-up, if each is larger than the one before it.

    Raises:
        InvalidValue: They are not in rising order, or the first is 1.
    """
    rising = sorted({*counts} - {1}) or [3, 10]
    if 1 in counts:
        raise InvalidValue("contains 1, which is the first alert itself", f"write {rising}")
    if counts and counts != rising:
        raise InvalidValue(f"must rise from number to number, not {counts}", f"write {rising}")
    return counts


def parse_within(value: object) -> Within:
    """Return a distance: the number in ``"15 words"``, or the scope called ``"sentence"`` or ``"anywhere"``.

    Raises:
        InvalidValue: *value* has another form.
    """
    if isinstance(value, str) and value in tuple(Scope):
        return Scope(value)
    if isinstance(value, str) and re.fullmatch(WORDS_APART, value):
        return int(value.split()[0])
    raise InvalidValue(f"must be a distance, not {quoted(value)}", 'write "15 words", "sentence" or "anywhere"')


def parse_severity(value: object) -> Severity:
    """Return the severity called *value*, such as ``"high"``; the name must be in lower case.

    Raises:
        InvalidValue: *value* is not the name of a severity.
    """
    words = [s.word for s in Severity]
    if value in words:
        return Severity.of(str(value))
    raise InvalidValue(
        f"must be a severity, not {quoted(value)}",
        did_you_mean(str(value).lower(), words) or "one of: low, medium, high, critical",
    )


def parse_fuzzy(value: object) -> int | None:
    """Return the highest edit distance at which a misspelled name still matches: 0 for ``"off"``, None for ``"auto"``.

    Raises:
        InvalidValue: *value* has another form.
    """
    if value == "auto":
        return None
    if value == "off":
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_EDITS:
        return value
    raise InvalidValue(
        f"must be a number of edits, not {quoted(value)}",
        f'write "auto", "off" or a number from 0 to {MAX_EDITS}',
    )


def parse_id(value: object) -> str:
    """Return *value* if it can be the name of a feed, actor, keyword, rule or destination.

    Raises:
        InvalidValue: *value* cannot be such a name.
    """
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise InvalidValue(
        f"{quoted(value)} is not a valid name",
        "use letters A-Z and a-z, digits, dot, dash and underscore; name or outlet can hold the display name",
    )


def parse_filled(value: str) -> str:
    """Return *value* if it contains more than spaces.

    Raises:
        InvalidValue: *value* is empty or contains only spaces.
    """
    if not value.strip():
        raise InvalidValue("is empty", "give it a value, or delete it")
    return value


def parse_selector(value: str) -> str:
    """Return *value* if it is a CSS selector; ``@`` and an attribute may follow it, as in ``a@href``.

    Raises:
        InvalidValue: *value* is not a CSS selector, or no attribute follows the ``@``.
    """
    from cssselect import HTMLTranslator, SelectorError

    css, at, attribute = value.partition("@")
    if at and not re.fullmatch(r"\s*[A-Za-z][\w:-]*\s*", attribute):
        raise InvalidValue(f"takes no attribute: {quoted(value)}", 'write the name of one behind the "@", as "a@href"')
    try:
        if css.strip():
            HTMLTranslator().css_to_xpath(css.strip())
    except SelectorError as error:
        hint = 'write one as "div.news > a.title", or look it up with the browser\'s inspector'
        raise InvalidValue(f"is not a CSS selector: {quoted(value)} ({error})", hint) from error
    return value


def parse_tag(value: str) -> str:
    """Return *value* if it can be a tag; the key ``tags`` lists tags without the prefix ``tag:``.

    Raises:
        InvalidValue: *value* cannot be a tag.
    """
    if value.startswith("tag:"):
        hint = f"write {quoted(value[4:])}; only lists that refer to a tag use the prefix"
        raise InvalidValue(f'must be a tag without the prefix "tag:", not {quoted(value)}', hint)
    return parse_filled(value)


def parse_language(value: str) -> str:
    """Return a language tag (RFC 5646) in lower case, such as ``en`` or ``pt-br``.

    Raises:
        InvalidValue: *value* is not a language tag.
    """
    if not re.fullmatch(LANGUAGE, value):
        raise InvalidValue(f"must be a language code, not {quoted(value)}", 'write it as "en" or "pt-br"')
    return value.lower().replace("_", "-")


def parse_contact(value: str) -> str:
    """Return *value* if a comment in the User-Agent header can contain it: printable ASCII (RFC 9110 section 10.1.5).

    Raises:
        InvalidValue: *value* contains other characters.
    """
    if not value.isascii() or not value.isprintable() or any(c in "(){}\\" for c in value):
        raise InvalidValue(
            f"must be an e-mail address or a web address, not {quoted(value)}", 'write it as "soc@example.org"'
        )
    return parse_filled(value)


def parse_path(value: str) -> str:
    """Return *value* if it can be the path of a file; the placeholder ``${NAME}`` is not supported in paths.

    Raises:
        InvalidValue: *value* is empty or contains a placeholder.
    """
    if "\0" in value or "${" in value:
        raise InvalidValue(
            f"is not a valid path: {quoted(value)}",
            "${NAME} works in url, auth and headers only",
        )
    return parse_filled(value)


def parse_date(value: object) -> date:
    """Return *value* if it is a TOML date, such as 2026-11-25.

    Raises:
        InvalidValue: *value* is something else, such as a date in quotes or with a time.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, datetime):
        raise InvalidValue("must be a date without a time", f"write {value.date()}")
    try:
        hint = f"write {date.fromisoformat(str(value))} without quotes"
    except ValueError:
        hint = "write it as 2026-11-25, without quotes"
    raise InvalidValue(f"must be a date, not {quoted(value)}", hint)


def parse_zone(value: object) -> ZoneInfo:
    """Return the time zone called *value* in the IANA database, such as ``Europe/Berlin``.

    Raises:
        InvalidValue: There is no time zone with that name.
    """
    if not isinstance(value, str):
        raise InvalidValue(
            f"must be the name of a time zone in quotes, not {quoted(value)}", 'write it as "Europe/Berlin"'
        )
    try:
        # ZoneInfo imports a package for each part of a name, however many there are
        return ZoneInfo(value if re.fullmatch(ZONE, value) else "")
    except (ValueError, OSError, KeyError):  # "../x" and "", "Europe" (a folder), "Europe/Belin"
        hint = did_you_mean(value, available_timezones()) or 'write it as "Europe/Berlin" or "UTC"'
        raise InvalidValue(f"must be a time zone, not {quoted(value)}", hint) from None


def parse_network(value: object) -> Network:
    """Return the IP network written as ``"127.0.0.0/8"``; a single address is a network with one address.

    Raises:
        InvalidValue: *value* is not a network.
    """
    if not isinstance(value, str):
        raise InvalidValue(f"must be a network in quotes, not {quoted(value)}", 'write it as "127.0.0.0/8"')
    try:
        return ipaddress.ip_network(value)
    except ValueError:
        pass
    try:
        hint = f'write "{ipaddress.ip_network(value, strict=False)}"'
    except ValueError:
        hint = 'write it as "127.0.0.0/8" or "fd00::/8"'
    raise InvalidValue(f"must be a network, not {quoted(value)}", hint)


def parse_listen(value: object) -> tuple[str, int]:
    """Return host and port of ``"127.0.0.1:8077"`` or ``"[::1]:8077"``; the host is an IP address or ``localhost``.

    Raises:
        InvalidValue: *value* has another form.
    """
    hint = 'write it as "127.0.0.1:8077" or "[::1]:8077"'
    if not isinstance(value, str):
        raise InvalidValue(f"must be an address and a port in quotes, not {quoted(value)}", hint)
    host, colon, port = value.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65_536:
        raise InvalidValue(f"must be an address and a port, not {quoted(value)}", hint)
    host = host.removeprefix("[").removesuffix("]")
    try:
        host = host if host == "localhost" else str(ipaddress.ip_address(host))
    except ValueError:
        raise InvalidValue(f"must be an address of this machine and a port, not {quoted(value)}", hint) from None
    return host, int(port)


def parse_header_name(value: str) -> str:
    """Return *value* if it is a valid name of an HTTP header.

    Raises:
        InvalidValue: *value* is not a valid name.
    """
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise InvalidValue(f"must be the name of a header, not {quoted(value)}", 'write it as "X-Forwarded-User"')
    return value
