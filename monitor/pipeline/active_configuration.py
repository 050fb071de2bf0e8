"""The configuration that the daemon is running with, and its compiled watchlist; a reload replaces both at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.config import Config
from monitor.watchlist import Watchlist


@dataclass(frozen=True, slots=True)
class ActiveConfiguration:
    """The configuration that the daemon is running with, its compiled watchlist, and the watchlist's version number."""

    config: Config
    watchlist: Watchlist
    version: int  # of the watchlist, as stored in the database
    loaded_at: datetime
