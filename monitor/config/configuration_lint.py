"""Warn about a valid configuration that is probably not what its author intended."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from monitor.config.merging import MergedConfig
from monitor.config.references import NOUNS
from monitor.config.report import Report
from monitor.config.schema.values import quoted
from monitor.config.settings import Config, Network
from monitor.model import Destination, Feed, Severity

POLITE_INTERVAL_S = 60.0


def lint_configuration(config: Config, merged: MergedConfig, report: Report) -> None:
    """Warn about unused names, rules that cannot match, duplicate feeds and short polling intervals.

    Spellings of actors and keywords are checked by ``watchlist.lint_watchlist``.

    Args:
        config: The configuration without the parts that have errors.
        merged: The files it was built from.
        report: Collects the warnings. If it contains errors, unused names are not reported: an invalid part may use
            them.
    """
    if not report.failed:
        _lint_unused(config, merged, report)
        _lint_rules(config, report)
        _lint_quiet_hours(config, report)
        _lint_health(config, merged, report)
    _lint_duplicate_feeds(config, report)
    _lint_short_intervals(config, merged, report)


def _lint_unused(config: Config, merged: MergedConfig, report: Report) -> None:
    used_destinations = {name for rule in config.rules.values() for name in rule.send_to} | set(config.health.send_to)
    used_destinations |= {name for rule in config.rules.values() if rule.escalate for name in rule.escalate.to}
    for name in config.destinations:
        if name not in used_destinations:
            report.warn(
                merged.origins.place(("destinations", name), key=True),
                f"no rule sends to {quoted(name)}",
                "add it to send_to of a rule",
            )
    required = {
        "actors": {name for rule in config.rules.values() for name in rule.actors},
        "keywords": {name for rule in config.rules.values() for name in rule.keywords},
    }
    for section, used in required.items():
        # an included file may define names that this configuration does not use
        own = [
            name
            for name in getattr(config, section)
            if name not in used and merged.origins.find((section, name))[0].file == merged.origins.find(())[0].file
        ]
        if own:
            more = f" and {len(own) - 1} more" if len(own) > 1 else ""
            report.warn(
                merged.origins.place((section, own[0]), key=True),
                f"no rule uses the {NOUNS[section]} {quoted(own[0])}{more}",
                f"add it to {section} of a rule; without that, no alert names it",
            )


def _lint_rules(config: Config, report: Report) -> None:
    for name, rule in config.rules.items():
        if rule.feeds is not None and not rule.feeds:
            report.warn(
                config.place("rules", name, "feeds"),
                f"[rules.{name}] cannot match: all of its feeds are disabled",
                "enable one of them, or delete the line",
            )
        severity = rule.severity
        there = [config.destinations[to] for to in rule.send_to]
        if severity is None or any(_accepts(destination, severity) for destination in there):
            continue
        is_low = all(severity < destination.min_severity for destination in there)
        limit = "below the min_severity" if is_low else "outside min_severity and max_severity"
        report.warn(
            config.place("rules", name, "severity"),
            f"severity in [rules.{name}] is {limit} of all its destinations",
            "raise it, or lower their min_severity" if is_low else "change it, or change their limits",
        )


def _accepts(destination: Destination, severity: Severity) -> bool:
    return destination.min_severity <= severity <= (destination.max_severity or Severity.CRITICAL)


def _lint_quiet_hours(config: Config, report: Report) -> None:
    for name, destination in config.destinations.items():
        if destination.break_quiet is not None and not (destination.quiet_hours or destination.digest):
            report.warn(
                config.place("destinations", name, "break_quiet"),
                f"break_quiet in [destinations.{name}] has no effect: there are no quiet_hours and no digest",
                "delete it, or add quiet_hours or digest",
            )


def _lint_health(config: Config, merged: MergedConfig, report: Report) -> None:
    health = config.health
    given = merged.main.health.model_fields_set
    if not health.send_to and (unsent := [key for key in ("heartbeat", "feed_down", "min_disk") if key in given]):
        report.warn(
            config.place("health", unsent[0]),
            f"{unsent[0]} in [health] has no recipient",
            'add send_to = ["DESTINATION"] to [health]',
        )
    receivers = [name for name, destination in config.destinations.items() if destination.canary]
    if health.canary and not receivers:
        report.warn(
            config.place("health", "canary"),
            "canary in [health] has no recipient",
            "add canary = true to a destination, or delete the line",
        )
    if receivers and not health.canary:
        report.warn(
            config.place("destinations", receivers[0], "canary"),
            f"canary in [destinations.{receivers[0]}] has no effect: no canary is ever sent",
            'add canary = "07:00" to [health], or delete the line',
        )


def _lint_duplicate_feeds(config: Config, report: Report) -> None:
    seen: dict[str, str] = {}
    for key, feed in config.feeds.items():
        if not feed.url:
            continue
        if first := seen.get(feed.url):
            at = config.place("feeds", first, "url")
            report.warn(
                config.place("feeds", key, "url"),
                f"the feeds {quoted(key)} and {quoted(first)} ({at.file}:{at.line}) have the same URL",
                "delete one of them",
            )
        seen.setdefault(feed.url, key)


def _lint_short_intervals(config: Config, merged: MergedConfig, report: Report) -> None:
    by_default = False
    for key, feed in config.feeds.items():
        if feed.every_s >= POLITE_INTERVAL_S or _is_private(feed, config.http.allow_private):
            continue
        own = merged.feeds[key].every is not None
        if own or not by_default:
            report.warn(
                config.place("feeds", key, "every") if own else config.place("http", "every"),
                f"polling {quoted(key)} more than once a minute may get this machine blocked",
                'set every = "1m" or more',
            )
        by_default |= not own


def _is_private(feed: Feed, networks: tuple[Network, ...]) -> bool:
    host = urlsplit(feed.url).hostname or ""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return False
    return any(address in network for network in networks if network.version == address.version)
