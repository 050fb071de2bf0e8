"""The commands of ``monitor``, each with its line in the help, and the text of ``monitor --help``.

The module of a command is imported when the command is called, so that no command waits for the imports of another.
"""

from __future__ import annotations

COMMANDS = {
    "demo": "run the full pipeline on recorded feeds; nothing is kept",
    "init": "write a short, commented configuration to start from",
    "check": "find mistakes in a configuration; --online also fetches each feed once",
    "test": "run the [[tests]] of the watchlist",
    "backtest": "compare an edited configuration with the active one over past entries",
    "learn": "suggest changes of the watchlist from triage and past entries: new aliases, noise, misses",
    "watchlist": "list the versions of the watchlist; show what changed between two",
    "explain": "show what matches in a text, which rules match and who is notified",
    "match": "match items (NDJSON in) against the watchlist (NDJSON out)",
    "parse": "print the entries of a feed as NDJSON, as the daemon reads them",
    "packs": "list the shipped packs of feeds and actors, or show one",
    "import": "turn a list of names (CSV) into a pack of actors",
    "export": "export hits (STIX, MISP, Atom, CSV, NDJSON), feeds (OPML) or a case",
    "once": "poll all feeds once, send the alerts that are due, exit",
    "run": "run the daemon: poll on schedule and deliver alerts",
    "hits": "list hits",
    "show": "show one hit: text, matches, rules, who was notified and why",
    "search": "search all stored entries, not only hits",
    "triage": "mark a hit as relevant, noise or acknowledged",
    "silence": "mute an actor or a rule for a time",
    "silences": "list active silences; end one",
    "digest": "send a pending digest now, or print it",
    "feeds": "list the feeds with state, cause and remedy; find the feeds of a site",
    "outbox": "list deliveries that have not been sent; retry or drop one",
    "deliveries": "print the audit record: who was notified of which hit, when and why",
    "notify": "send one message to a destination, to see that it arrives",
    "status": "show the state of the running daemon; exit 1 if something is wrong",
    "web": "serve the web page: hits, stories, feeds and deliveries in a browser",
    "doctor": "check the machine and the installation: versions, clock, network, disk, systemd",
    "service": "install the monitor as a systemd service, or remove it",
    "db": "check, back up, restore or vacuum the database",
    "schema": "print the JSON Schema of the configuration, for editors",
    "completion": "print the completion script for bash, zsh or fish",
}

HELP_FLAGS = ("-h", "--help")


def help_text() -> str:
    """Return what ``monitor --help`` prints."""
    width = max(map(len, COMMANDS)) + 2
    rows = "\n".join(f"  {name:{width}}{line}" for name, line in COMMANDS.items())
    return f"""Usage: monitor [-c FILE] COMMAND [ARGS]...

Monitor crypto news feeds for tracked actors and notify the right people once, with
the reason.

Commands:
{rows}

Options:
  -c, --config FILE  the configuration; before or after the command. Default:
                     MONITOR_CONFIG, ./config.toml, ~/.config/monitor/config.toml,
                     /etc/monitor/config.toml
  --version          print the version
  -h, --help         print this help; after a command: the help of the command

Data goes to stdout, everything else to stderr. Exit codes: 0 success, 1 findings or
failure, 2 usage or configuration error, 3 the daemon is not running, 4 another
instance holds the lock, 130 interrupted.
New here? Start with: monitor demo, then monitor init
"""
