"""The configuration in force with its compiled watchlist; replaced as a whole at a reload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.config import Config
from monitor.watchlist import Watchlist


@dataclass(frozen=True, slots=True)
class ActiveConfiguration:
    """The configuration in force."""

    config: Config
    watchlist: Watchlist
    version: int  # of the watchlist, in the store
    loaded_at: datetime
