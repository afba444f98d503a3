"""Sources: what a run found, from the bytes of its files to the document."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from gouji.inference.found import Found
from gouji.inference.readers import Limits, Recognition, file_bytes, read_bytes
from gouji.inference.readers.archive import member_bytes, member_head
from gouji.inference.readers.kinds import HEAD_BYTES
from gouji.inference.readers.limits import max_bytes_of
from gouji.inference.readers.picture import joined_sha256, read_joined
from gouji.model.document import Document
from gouji.model.errors import ReadError

_CHUNK_BYTES = 1024 * 1024


def read_source(source: Found, limits: Limits, recognition: Recognition | None = None) -> Document:
    """The document of a source, which may stand in an archive or be a folder of pages.

    Raises:
        ReadError: it can't be read; the message opens with its name, or that of the page.
    """
    if source.pages:
        files = files_of(source, limits)
        return read_joined(files, source.name, limits, recognition or Recognition())
    data = _bytes(source, limits)
    return read_bytes(data, source.name, limits, recognition)


def files_of(source: Found, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """The name and bytes of every file of a source: of itself, or of each of its pages.

    Raises:
        ReadError: one can't be read, or is larger than the limits allow.
    """
    for part in source.pages or (source,):
        yield part.name, _bytes(part, limits)


def sha256_of(source: Found, limits: Limits) -> str | None:
    """The SHA-256 of a source, as its document has it; None if it can't be opened.

    Reading it will say why.
    """
    if not source.pages:
        return _sha256(source, limits)
    digests = [_sha256(page, limits) for page in source.pages]
    known = [digest for digest in digests if digest is not None]
    return joined_sha256(known) if len(known) == len(digests) else None


def _bytes(part: Found, limits: Limits) -> bytes:
    if part.member is None:
        return file_bytes(part.path, part.name, limits)
    where = (part.path, part.member, part.name)
    return member_bytes(*where, max_bytes_of(member_head(*where, HEAD_BYTES), limits))


def _sha256(part: Found, limits: Limits) -> str | None:
    try:
        if part.member is None:
            return _sha256_of_file(part.path)
        return hashlib.sha256(_bytes(part, limits)).hexdigest()
    except (OSError, ReadError):
        return None


def _sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece.

    Raises:
        OSError: it can't be opened.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
