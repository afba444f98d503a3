"""Plain text and Markdown: bytes to a document whose characters know where they came from."""

import re

from gouji.inference.readers.decoding import Decoded, decode
from gouji.inference.readers.limits import Limits
from gouji.model.document import Document, OffsetRun, Source
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat
from gouji.model.findings import Finding, finding

_MAX_UNDECODABLE_SHARE = 0.02
_MAX_CONTROL_SHARE = 0.05
_MIN_COMMON_SHARE = 0.5

_DROPPED = re.compile("(?:\r(?=\n)|\ufeff)+")
_LINE_END = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def read_text(data: bytes, source: Source, limits: Limits) -> Document:
    r"""The document that the bytes spell; `source` is kept as it is.

    Every line end (`\r\n`, `\r`, vertical tab, form feed, NEL, U+2028, U+2029) becomes `\n`,
    every other control character but the tab a blank, and byte order marks inside are dropped.
    Offsets count characters of the decoded source, its leading byte order mark left out.

    Raises:
        UnsupportedFormat: the bytes are no text, or in no encoding known here.
        Corrupt: nothing but white space, or more than a small share can't be decoded.
        LimitExceeded: more characters than `limits.max_chars`.
    """
    decoded = decode(data)
    _check(decoded, source.name, limits)
    text, offsets = _drop(decoded.text)
    text = _LINE_END.sub("\n", text)
    findings = _undecodable(decoded) + _controls(text)
    text = _CONTROL.sub(" ", text)
    if not text.strip():
        raise Corrupt(f"{source.name}：空文件（没有文字）；应为有内容的纯文本")
    return Document(source=source, text=text, offsets=offsets, findings=findings)


def _check(decoded: Decoded, name: str, limits: Limits) -> None:
    text = decoded.text
    if len(text) > limits.max_chars:
        raise LimitExceeded(
            f"{name}：有 {len(text)} 个字符，超过上限 {limits.max_chars} 个；请拆分后再试"
        )
    n_controls = sum(1 for _ in _CONTROL.finditer(text))
    if n_controls > _MAX_CONTROL_SHARE * len(text) or decoded.common_share < _MIN_COMMON_SHARE:
        raise UnsupportedFormat(
            f"{name}：内容是二进制数据，或文字的编码无法识别；"
            "应为 UTF-8、UTF-16、GB18030 或 Big5 编码的纯文本"
        )
    if decoded.n_undecodable > _MAX_UNDECODABLE_SHARE * len(text):
        raise Corrupt(
            f"{name}：按 {decoded.encoding} 解码，{len(text)} 个字符中有 "
            f"{decoded.n_undecodable} 处无法解码；文件可能已损坏，请换一份完好的原文"
        )


def _drop(decoded: str) -> tuple[str, tuple[OffsetRun, ...]]:
    """The text without the characters that leave no trace, and the runs between them."""
    pieces: list[str] = []
    runs = [OffsetRun(0, 0)]
    n_kept = end = 0
    for match in _DROPPED.finditer(decoded):
        pieces.append(decoded[end : match.start()])
        n_kept += match.start() - end
        end = match.end()
        if runs[-1].text == n_kept:
            runs.pop()
        runs.append(OffsetRun(n_kept, end))
    pieces.append(decoded[end:])
    return "".join(pieces), tuple(runs)


def _undecodable(decoded: Decoded) -> tuple[Finding, ...]:
    if decoded.first_undecodable is None:
        return ()
    before = decoded.text[: decoded.first_undecodable]
    at = len(_DROPPED.sub("", before))
    line = _LINE_END.sub("\n", _DROPPED.sub("", before)).count("\n") + 1
    return (
        finding(
            "R001",
            f"按 {decoded.encoding} 解码时有 {decoded.n_undecodable} 处字节无效，"
            f"以 U+FFFD 代替，第一处在第 {line} 行",
            f"{decoded.n_undecodable} places are not valid {decoded.encoding} and stand as "
            f"U+FFFD, the first in line {line}",
            span=(at, at + 1),
        ),
    )


def _controls(text: str) -> tuple[Finding, ...]:
    first = _CONTROL.search(text)
    if first is None:
        return ()
    n_controls = sum(1 for _ in _CONTROL.finditer(text))
    line = text.count("\n", 0, first.start()) + 1
    return (
        finding(
            "R002",
            f"{n_controls} 个控制字符按空格处理，第一个在第 {line} 行",
            f"{n_controls} control characters were taken for blanks, the first in line {line}",
            span=first.span(),
        ),
    )
