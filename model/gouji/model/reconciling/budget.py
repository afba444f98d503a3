"""The time that a search may take, and what happens when it is spent."""

from dataclasses import dataclass

from gouji.model.reconciling.problem import Explanation


@dataclass
class Budget:
    """The deterministic time left for one table, in the solver's units (about seconds)."""

    left: float


class OutOfTime(Exception):
    """The time is spent; `found` is the best explanation until then, if there is any."""

    def __init__(self, found: Explanation | None = None) -> None:
        """Keep the explanation that the search held when it stopped."""
        super().__init__("the solver's time is spent")
        self.found = found
