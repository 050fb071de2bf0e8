"""Environment variables of the machine that would change what tests see."""

from __future__ import annotations

import getpass
import os

# width and colour of the terminal, proxies, and what systemd and desktops set for their services and sessions
_NAMES = frozenset({
    "COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "FTP_PROXY", "WS_PROXY", "WSS_PROXY",
    "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY", "STATE_DIRECTORY",
    "XDG_CONFIG_HOME", "XDG_STATE_HOME",
})  # fmt: skip
_PREFIX = "MONITOR_"


def remove_machine_settings() -> None:
    """Remove the variables from the environment of this process and of those that it will start.

    A user without a login name gets one: in a container, the user may be a number alone.
    """
    for name in [name for name in os.environ if name.upper() in _NAMES or name.startswith(_PREFIX)]:
        del os.environ[name]
    try:
        getpass.getuser()
    except (KeyError, OSError):
        os.environ["LOGNAME"] = f"user{os.getuid()}"  # not the same for all, because temporary folders carry the name
