"""A watch over the time that a source takes, which ends the process when it is up.

The interpreter's own watchdog keeps it: a thread in C, which neither a regular expression nor a
library that never comes back can hold up.
"""

import faulthandler
import os
from dataclasses import dataclass, field

OVERDUE = 1
"""The exit code of a process whose time was up; `faulthandler` gives no other."""

_LONGEST_S = 1e9


def _sink() -> int:
    """Where traces go that nobody reads: a descriptor that stays open as long as the process."""
    return os.open(os.devnull, os.O_WRONLY)


@dataclass(frozen=True, slots=True)
class Watch:
    """Ends the process `timeout_s` seconds after the last start, unless it is stopped before."""

    timeout_s: float
    _traces: int = field(default_factory=_sink)

    def start(self) -> None:
        """Gives the whole time, from now on."""
        seconds = min(self.timeout_s, _LONGEST_S)
        faulthandler.dump_traceback_later(seconds, exit=True, file=self._traces)

    def stop(self) -> None:
        """Lets the process live."""
        faulthandler.cancel_dump_traceback_later()
