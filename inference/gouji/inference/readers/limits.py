"""Limits on what one document may cost."""

from dataclasses import dataclass, fields

from gouji.inference.readers.kinds import PDF, PICTURES, binary_kind
from gouji.model.errors import ConfigError, LimitExceeded


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may hold and take; `timeout_s` is kept by the bulk run.

    `max_bytes` counts bytes of a file, `max_picture_bytes` those of a PDF or a picture, `max_chars`
    characters of the decoded text, `max_pages` pages of a PDF, `max_recognised_pages` pages of a
    document that are recognised, `max_page_objects` the characters on a page of a PDF, and apart
    from these what is drawn on it: objects and points of lines. Every page that is recognised has
    `timeout_s` of its own.

    Raises:
        ConfigError: a limit is not positive.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_picture_bytes: int = 256 * 1024 * 1024
    max_chars: int = 16 * 1024 * 1024
    max_pages: int = 2_000
    max_recognised_pages: int = 500
    max_page_objects: int = 300_000
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse limits that no document could keep."""
        for limit in fields(self):
            value = getattr(self, limit.name)
            if value <= 0:
                raise ConfigError(f"限额 {limit.name} 为 {value}，应为正数")

    def check_recognised(self, n_pages: int, name: str) -> None:
        """Refuse a source of this name that has so many pages to be recognised.

        Raises:
            LimitExceeded: it has more than `max_recognised_pages`.
        """
        if n_pages > self.max_recognised_pages:
            raise LimitExceeded(
                f"{name}：有 {n_pages} 页要识别，超过上限 {self.max_recognised_pages} 页；"
                "请拆分后再试"
            )


def max_bytes_of(head: bytes, limits: Limits) -> int:
    """How many bytes a file may have that begins with these, `HEAD_BYTES` of them."""
    is_paged = binary_kind(head) in (PDF, *PICTURES)
    return limits.max_picture_bytes if is_paged else limits.max_bytes
