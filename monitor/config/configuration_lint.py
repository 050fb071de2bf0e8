"""What can be run and is probably not what was meant."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from monitor.config.merging import MergedConfig
from monitor.config.report import Report
from monitor.config.schema.values import quoted
from monitor.config.settings import Config, Network
from monitor.model import Feed

POLITE_S = 60.0


def lint(config: Config, merged: MergedConfig, report: Report) -> None:
    """Report what is odd about *config*; spellings are not looked at, for that takes the matching.

    *config* may lack what had errors: then nothing is said of names that nobody uses, which may be their fault.
    """
    if not report.failed:
        _lint_unused(config, merged, report)
        _lint_rules(config, report)
        _lint_quiet(config, report)
        _lint_health(config, merged, report)
    _lint_doubles(config, report)
    _lint_impolite(config, merged, report)


def _lint_unused(config: Config, merged: MergedConfig, report: Report) -> None:
    told = {name for rule in config.rules.values() for name in rule.send_to} | set(config.health.send_to)
    told |= {name for rule in config.rules.values() if rule.escalate for name in rule.escalate.to}
    for name in config.destinations:
        if name not in told:
            report.warn(
                merged.origins.place(("destinations", name), key=True),
                f"nothing is sent to {quoted(name)}",
                "name it in the send_to of a rule",
            )
    asked = {
        "actors": {name for rule in config.rules.values() for name in rule.actors},
        "keywords": {name for rule in config.rules.values() for name in rule.keywords},
    }
    for section, used in asked.items():
        # what an included file brings along is a choice to take from
        own = [
            name
            for name in getattr(config, section)
            if name not in used and merged.origins.of((section, name))[0].file == merged.origins.of(())[0].file
        ]
        if own:
            more = f" and {len(own) - 1} more" if len(own) > 1 else ""
            report.warn(
                merged.origins.place((section, own[0]), key=True),
                f"no rule asks for {section} {quoted(own[0])}{more}",
                "name it in a rule, or nobody hears of it",
            )


def _lint_rules(config: Config, report: Report) -> None:
    for name, rule in config.rules.items():
        if rule.feeds is not None and not rule.feeds:
            report.warn(
                config.place("rules", name, "feeds"),
                f"[rules.{name}] cannot match: every feed it asks for is switched off",
                "switch one on, or delete the line",
            )
        if rule.severity is not None and all(
            config.destinations[to].min_severity > rule.severity for to in rule.send_to
        ):
            report.warn(
                config.place("rules", name, "severity"),
                f"severity in [rules.{name}] is below the min_severity of all its destinations",
                "raise it, or lower theirs",
            )


def _lint_quiet(config: Config, report: Report) -> None:
    for name, destination in config.destinations.items():
        if destination.break_quiet is not None and not (destination.quiet_hours or destination.digest):
            report.warn(
                config.place("destinations", name, "break_quiet"),
                f"break_quiet in [destinations.{name}] breaks nothing: it has no quiet_hours and no digest",
                "delete it, or write them",
            )


def _lint_health(config: Config, merged: MergedConfig, report: Report) -> None:
    health = config.health
    given = merged.main.health.model_fields_set
    if not health.send_to and (untold := [key for key in ("heartbeat", "feed_down", "min_disk") if key in given]):
        report.warn(
            config.place("health", untold[0]),
            f"{untold[0]} in [health] is told to nobody",
            'write send_to = ["DESTINATION"] beside it',
        )
    singing = [name for name, destination in config.destinations.items() if destination.canary]
    if health.canary and not singing:
        report.warn(
            config.place("health", "canary"),
            "canary in [health] goes to no destination",
            "write canary = true in one, or delete the line",
        )
    if singing and not health.canary:
        report.warn(
            config.place("destinations", singing[0], "canary"),
            f"canary in [destinations.{singing[0]}] waits for a canary that is never sent",
            'write canary = "07:00" in [health], or delete the line',
        )


def _lint_doubles(config: Config, report: Report) -> None:
    seen: dict[str, str] = {}
    for key, feed in config.feeds.items():
        if not feed.url:
            continue
        if first := seen.get(feed.url):
            at = config.place("feeds", first, "url")
            report.warn(
                config.place("feeds", key, "url"),
                f"the feed {quoted(key)} has the address of {quoted(first)} ({at.file}:{at.line})",
                "keep one of them",
            )
        seen.setdefault(feed.url, key)


def _lint_impolite(config: Config, merged: MergedConfig, report: Report) -> None:
    by_default = False
    for key, feed in config.feeds.items():
        if feed.every_s >= POLITE_S or _is_private(feed, config.http.allow_private):
            continue
        own = merged.feeds[key].every is not None
        if own or not by_default:
            report.warn(
                config.place("feeds", key, "every") if own else config.place("http", "every"),
                f"polling {quoted(key)} more than once a minute may get this machine blocked",
                'write "1m" or more',
            )
        by_default |= not own


def _is_private(feed: Feed, networks: tuple[Network, ...]) -> bool:
    host = urlsplit(feed.url).hostname or ""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return False
    return any(address in network for network in networks if network.version == address.version)
