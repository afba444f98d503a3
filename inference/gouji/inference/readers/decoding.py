"""Bytes to characters: which encoding a Chinese text is in, and what of it can't be decoded."""

import codecs
import re
from dataclasses import dataclass
from functools import cache

from charset_normalizer import from_bytes

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF32_LE, "utf_32_le"),
    (codecs.BOM_UTF32_BE, "utf_32_be"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
"""Byte order marks; that of UTF-32 LE begins with that of UTF-16 LE, so it comes first."""

_CANDIDATES = ("utf_8", "gb18030", "big5hkscs", "utf_16_le", "utf_16_be")
_SAMPLE_BYTES = 8192
_LARGEST_GUESS = 1 << 18  # bytes that charset-normalizer is asked about
_TRUSTED_SHARE = 0.8  # share of characters in daily use from which its answer is taken
_TELLING = re.compile(rb"[\x00\x80-\xff]")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters of a file without its byte order mark.

    `n_undecodable` places hold U+FFFD for bytes that have no meaning in `encoding`, the first of
    them at character `first_undecodable`. `common_share` is the part of a sample that is made of
    characters in daily use, 1.0 where the encoding proves itself.
    """

    text: str
    encoding: str
    n_undecodable: int = 0
    first_undecodable: int | None = None
    common_share: float = 1.0


def decode(data: bytes) -> Decoded:
    """The characters of `data` under the encoding that it is most likely in.

    A byte order mark is conclusive and valid UTF-8 proves itself. Otherwise charset-normalizer
    tells, if under its answer the text consists of characters in daily use; damaged bytes and
    snippets mislead it, and then that encoding is taken under which most characters are in daily
    use.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding)
    if b"\0" not in data:
        try:
            return Decoded(data.decode("utf_8"), "utf_8")
        except UnicodeDecodeError:
            pass  # not UTF-8, or damaged: the sample below decides
    share, encoding = _told(data) or _likeliest(data)
    return _decode_as(data, encoding, share)


def _told(data: bytes) -> tuple[float, str] | None:
    """The share of common characters and the encoding that charset-normalizer names, if sound."""
    best = from_bytes(data[:_LARGEST_GUESS], cp_isolation=list(_CANDIDATES)).best()
    if best is None:
        return None
    share = _common_share(_sample(data), best.encoding)
    return (share, best.encoding) if share >= _TRUSTED_SHARE else None


def _decode_as(data: bytes, encoding: str, common_share: float = 1.0) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding, common_share=common_share)
    except UnicodeDecodeError as error:
        first = len(data[: error.start].decode(encoding))
    text = data.decode(encoding, "replace")
    # A U+FFFD that the source itself spells survives "ignore" and is no fault.
    n_spelled = data.decode(encoding, "ignore").count(_REPLACEMENT)
    n_undecodable = text.count(_REPLACEMENT) - n_spelled
    return Decoded(text, encoding, n_undecodable, first, common_share)


def _likeliest(data: bytes) -> tuple[float, str]:
    """The best share of common characters and its encoding; the earlier candidate wins a tie."""
    sample = _sample(data)
    shares = [(_common_share(sample, encoding), encoding) for encoding in _CANDIDATES]
    return max(shares, key=lambda share: share[0])


def _sample(data: bytes) -> bytes:
    """Bytes from the first that encodings read differently, on an even offset as UTF-16 needs."""
    telling = _TELLING.search(data)
    start = telling.start() & ~1 if telling else 0
    return data[start : start + _SAMPLE_BYTES]


def _common_share(sample: bytes, encoding: str) -> float:
    text = sample.decode(encoding, "replace")
    return sum(map(_common_characters().__contains__, text)) / len(text)


@cache
def _common_characters() -> frozenset[str]:
    """Printable ASCII, and the marks and the frequent characters of both national standards.

    GB/T 2312 rows 1-3 and 16-55 (level 1, 3,755 characters); Big5 A440-C67E (level 1, 5,401).
    """
    ascii_text = bytes(range(0x20, 0x7F)).decode("ascii") + "\t\r\n"
    marks = _block("gb2312", range(0xA1, 0xA4))
    frequent = _block("gb2312", range(0xB0, 0xD8)) + _block("big5", range(0xA4, 0xC7))
    return frozenset(ascii_text + marks + frequent)


def _block(encoding: str, leads: range) -> str:
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
    return "".join(pair.decode(encoding, "ignore") for pair in pairs)
