"""Limits on what one document may cost."""

from dataclasses import dataclass, fields

from gouji.model.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may hold and take; `timeout_s` is kept by the bulk run.

    `max_bytes` counts bytes of the file, `max_chars` characters of the decoded text, `max_pages`
    pages of a PDF, `max_page_objects` the characters on one of them, and apart from these what is
    drawn on it: objects and points of lines.

    Raises:
        ConfigError: a limit is not positive.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_chars: int = 16 * 1024 * 1024
    max_pages: int = 2_000
    max_page_objects: int = 300_000
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse limits that no document could keep."""
        for limit in fields(self):
            value = getattr(self, limit.name)
            if value <= 0:
                raise ConfigError(f"限额 {limit.name} 为 {value}，应为正数")
