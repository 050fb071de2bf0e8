"""The commands by name, each with its one line, and the help made of them.

Each is imported from the module of its name when it is called, so that none pays for what another needs.
"""

from __future__ import annotations

COMMANDS = {
    "demo": "recorded feeds through the whole line, alerts in the terminal; nothing is kept",
    "init": "write a short, commented configuration to start from",
    "check": "find the mistakes in a configuration; --online also fetches each feed once",
    "test": "run the [[tests]] of the watchlist",
    "explain": "say of any text what matches, which rule holds, who would be told, and what stopped it",
    "match": "items as NDJSON in, what the watchlist says of each as NDJSON out",
    "parse": "the entries of a feed as NDJSON, as the daemon would see them",
    "once": "poll all feeds once, deliver, end",
    "run": "the daemon: poll on schedule, deliver",
    "hits": "list what was found",
    "show": "one hit whole: text, mentions, rules, and who was told or not, and why",
    "search": "entries by the words in them, hits or not",
    "triage": "say of a hit that it is relevant, noise, or acknowledged",
    "silence": "hear nothing of an actor or a rule for a while, with the reason",
    "silences": "the silences in force; end one",
    "digest": "what is being collected for a destination, to look at or to send now",
    "feeds": "how each feed stands, and why",
    "outbox": "deliveries that are not sent, with the reason; retry or drop one",
    "notify": "one message through one destination, to see that it arrives",
    "status": "how the running daemon stands; exit 1 when something is wrong",
    "db": "check, back up, restore or vacuum the database",
    "schema": "print the JSON Schema of the configuration, for editors",
}

HELP_FLAGS = ("-h", "--help")


def help_text() -> str:
    """Return what ``monitor --help`` prints."""
    width = max(map(len, COMMANDS)) + 2
    rows = "\n".join(f"  {name:{width}}{line}" for name, line in COMMANDS.items())
    return f"""Usage: monitor [-c FILE] COMMAND [ARGS]...

Watches crypto news feeds for tracked actors and tells the right people, once, with the reason.

Commands:
{rows}

Options:
  -c, --config FILE  the configuration; before or after the command. Default: MONITOR_CONFIG, ./config.toml,
                     ~/.config/monitor/config.toml, /etc/monitor/config.toml
  --version          print the version
  -h, --help         this, or after a command: its own help

Data goes to stdout, everything else to stderr. Exit code 0: fine, 1: findings or failure, 2: usage or
configuration, 3: the daemon is not running, 4: another instance holds the lock, 130: interrupted.
New here? monitor demo, then monitor init.
"""
