"""The active configuration with its compiled watchlist; a reload replaces it as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.config import Config
from monitor.watchlist import Watchlist


@dataclass(frozen=True, slots=True)
class ActiveConfiguration:
    """The configuration that the daemon runs with."""

    config: Config
    watchlist: Watchlist
    version: int  # of the watchlist, as stored in the database
    loaded_at: datetime
