"""``monitor doctor``: check the machine and the installation for problems, and say how to fix them."""

from __future__ import annotations

import json
import os
import ssl
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import config_option
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.doctor.finding import Finding


@click.command(name="doctor")
@config_option
@click.option("--offline", is_flag=True, help="Skip the checks of the network: no DNS lookups, no connections.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def command(config_path: Path | None, offline: bool, as_json: bool) -> int:
    """Check the machine and the installation: versions, clock, certificates, memory, disk, network and systemd.

    Exit 0 if there are no errors, 1 if there are.
    """
    config, found = _about_configuration(config_path)
    # before the clock is judged, because a container cannot tell whether it is synchronised
    lead_s = _clock_lead(config) if config is not None and not offline else None
    findings = [*_about_software(), *_about_machine(lead_s), *found]
    if config is not None:
        findings += _about_installation(config)
        if not offline:
            findings += _about_network(config)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _print(findings)
    return 1 if any(finding.level == "error" for finding in findings) else 0


def _print(findings: list[Finding]) -> None:
    from monitor.cli.output import echo

    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        echo(f"{finding.level:7}  {finding.check:{width}}  {finding.text}")
        if finding.remedy:
            echo(f"{'':7}  {'':{width}}  -> {finding.remedy}")
    errors = sum(finding.level == "error" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)


def _about_software() -> list[Finding]:
    from pyexpat import EXPAT_VERSION

    from monitor import clock
    from monitor.doctor import software
    from monitor.store import sqlite_version

    return [
        *software.package_findings(),
        *software.python_findings(tuple(sys.version_info[:3]), clock.now().date()),
        *software.expat_findings(EXPAT_VERSION),
        *software.sqlite_findings(sqlite_version()),
    ]


def _about_machine(lead_s: float | None) -> list[Finding]:
    from monitor import clock
    from monitor.doctor import machine

    built_at = datetime.fromtimestamp(Path(machine.__file__).stat().st_mtime, UTC)
    synchronised = machine.clock_is_synchronised()
    return [
        *machine.clock_findings(clock.now(), built_at, synchronised=synchronised, lead_s=lead_s),
        *machine.certificate_findings(ssl.get_default_verify_paths(), os.environ),
        *machine.shared_memory_findings(),
        *machine.systemd_findings(machine.output_of),
    ]


def _about_configuration(config_path: Path | None) -> tuple[Config | None, list[Finding]]:
    """Return the valid parts of the configuration, or None if no file can be read, and findings about its errors."""
    from monitor.cli.check import check_configuration
    from monitor.config import find_config_file, load
    from monitor.doctor.finding import error, ok
    from monitor.errors import UsageError

    try:
        path = find_config_file(config_path, os.environ)
    except UsageError as problem:
        return None, [error("configuration", str(problem), "run: monitor init, or name it with -c")]
    config, problems = check_configuration(path)
    errors = [problem for problem in problems if problem.level == "error"]
    found = [
        error(
            "configuration",
            f"{p.place.file}:{p.place.line}:{p.place.column}: {p.message}",
            p.hint or f"run: monitor check {path}",
        )
        for p in errors
    ]
    return config or load(path, environ=os.environ).partial, found or [ok("configuration", str(path))]


def _about_installation(config: Config) -> list[Finding]:
    from monitor import clock
    from monitor.doctor import credentials, machine, storage

    backup = config.storage.backup
    return [
        *machine.time_zone_findings(config.alerts.timezone, clock.now()),
        *machine.proxy_findings(os.environ, config.http.proxy),
        *credentials.credential_findings(config.files.texts, os.environ),
        *storage.database_findings(config.storage.path),
        *storage.backup_findings(backup.directory if backup else None),
        *storage.disk_findings(config.storage.path.parent, least=config.health.min_disk),
    ]


def _clock_lead(config: Config) -> float | None:
    """Return by how many seconds the clock is ahead of that of some feeds' servers; None if a proxy is in between."""
    from monitor.doctor.network import clock_lead

    return None if config.http.proxy else clock_lead(feed.url for feed in config.feeds.values() if feed.url)


def _about_network(config: Config) -> list[Finding]:
    from urllib.parse import urlsplit

    from monitor.alerts.apprise.plugins import server_of
    from monitor.doctor import network

    # with a proxy, the proxy resolves the names
    urls = [config.http.proxy] if config.http.proxy else [feed.url for feed in config.feeds.values()]
    hosts = {host for url in urls if (host := urlsplit(url).hostname)}
    servers = {name: server_of(destination.url) for name, destination in config.destinations.items()}
    routes = {
        name: network.Route(server, network.proxy_of(config.destinations[name].url, server, os.environ))
        if server
        else None
        for name, server in servers.items()
    }
    proxies = {"of [http] proxy": config.http.proxy} if config.http.proxy else {}
    proxies |= {f"to {name}": route.proxy for name, route in routes.items() if route and route.proxy}
    return [
        *network.dns_findings(hosts),
        *network.reachable_proxy_findings(proxies),
        *network.destination_findings(routes),
    ]
