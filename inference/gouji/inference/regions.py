"""Regions: where the tables of a form stand in a text.

A table gives itself away by the titles of its rows, columns and blocks standing close together,
whatever section they are in and whatever order the headings have.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from gouji.inference.labels import (
    VALUE,
    Hit,
    Masked,
    exact_hits,
    forms_of,
    heading_titles,
    mask,
    row_forms,
)
from gouji.model.findings import Span
from gouji.model.folding import Folded
from gouji.model.form import Form, Table
from gouji.model.segmentation import TableRegion
from gouji.model.tokens import BOUNDARY

_REACH = 80  # characters of other text, values not counted, that may part two titles of a table
_SHARE = 0.2  # share of a table's titles, by length, that makes a table
_PART = 0.1  # share of a table's titles that makes a part of a table cut in two
_RIVAL = 0.5  # a further table of the same kind has at least this share of the best one's evidence
_IN_SENTENCE = frozenset("、，。；：,;:")  # what follows a title in running text
_TAIL = 30  # characters of an unreadable label that may part a table from its last values


_REMARK = re.compile(r"[ \t]*[（(][^（(）)\n]*[）)]")


@dataclass(frozen=True, slots=True)
class _Title(Hit):
    """A title found; `apart` if it stands as a cell does, not within a sentence or a heading."""

    apart: bool


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Titles of one table standing together; `labels` are the distinct ones."""

    table: str
    start: int
    end: int
    labels: frozenset[str]
    evidence: float


def find_regions(text: str, span: Span, form: Form) -> tuple[TableRegion, ...]:
    """The tables that stand in text[span], in reading order.

    A table that stands there several times (several reports in one text) is reported each time.
    """
    masked = mask(text, span)
    clusters = [
        cluster
        for table in form.table_ids
        for cluster in _clusters(text, masked.folded, tuple(form.variants[table].values()))
    ]
    if not clusters:
        return ()
    clusters.sort(key=lambda cluster: cluster.start)
    ends = [following.start for following in clusters[1:]] + [len(masked.folded.text)]
    return tuple(
        TableRegion(
            cluster.table, _region(text, span, masked, cluster, max(end, cluster.end), table)
        )
        for cluster, end in zip(clusters, ends, strict=True)
        for table in [next(iter(form.variants[cluster.table].values()))]
    )


def _clusters(text: str, folded: Folded, variants: Sequence[Table]) -> list[_Cluster]:
    hits = _title_hits(text, folded, variants)
    if not hits:
        return []
    whole = min(_weight(_titles(variant)) for variant in variants)
    clusters = [_cluster(variants[0].id, group) for group in _groups(folded.text, hits)]
    found = _merge(clusters, _PART * whole)
    sound = [
        (cluster, cluster.evidence / whole)
        for cluster in found
        if cluster.evidence / whole >= _SHARE or _has_full_line(folded.text, cluster, variants)
    ]
    best = max((share for _, share in sound), default=0.0)
    return [cluster for cluster, share in sound if share >= _RIVAL * best]


@lru_cache(maxsize=32)
def _titles_of(table: Table) -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = [(row.title, row_forms(row)) for block in table.blocks for row in block.rows]
    headings = [(title, forms_of(title)) for title in heading_titles(table)]
    return tuple(dict([*rows, *headings]).items())


def _titles(table: Table) -> frozenset[str]:
    return frozenset(title for title, _ in _titles_of(table))


def _weight(titles: Iterable[str]) -> float:
    """The evidence of distinct titles: their lengths, none counting for more than ten."""
    return sum(min(len(title), 10) for title in titles)


def _title_hits(text: str, folded: Folded, variants: Sequence[Table]) -> list[_Title]:
    titles = dict(chain.from_iterable(_titles_of(variant) for variant in variants))
    hits = [hit for title, forms in titles.items() for hit in exact_hits(folded.text, title, forms)]
    titles_at: dict[int, bool] = {}
    found = []
    for hit in sorted(hits, key=lambda hit: (-hit.start, hit.end)):
        apart = titles_at.get(hit.end, _is_apart(text, folded, hit))
        titles_at[hit.start] = apart
        found.append(_Title(hit.label, hit.start, hit.end, hit.score, apart))
    return found[::-1]


def _is_apart(text: str, folded: Folded, hit: Hit) -> bool:
    """Whether a value, a boundary, a remark in brackets or the end follows a title."""
    if folded.text[hit.end : hit.end + 1] == VALUE:
        return True
    behind = folded.origin[hit.end - 1] + 1
    following = text[behind : behind + 1]
    return not following.isalnum() and following not in _IN_SENTENCE


def _groups(folded: str, hits: Sequence[_Title]) -> list[list[_Title]]:
    groups = [[hits[0]]]
    reach = hits[0].end
    for hit in hits[1:]:
        between = folded[reach : hit.start]
        if len(between) - between.count(VALUE) > _REACH:
            groups.append([])
        groups[-1].append(hit)
        reach = max(reach, hit.end)
    return groups


def _cluster(table: str, hits: Sequence[_Title]) -> _Cluster:
    """The cluster of the titles that stand apart; where none does, the place behind the last."""
    apart = [hit for hit in hits if hit.apart]
    labels = frozenset(hit.label for hit in apart)
    end = max(hit.end for hit in apart or hits)
    return _Cluster(table, apart[0].start if apart else end, end, labels, _weight(labels))


def _merge(clusters: Sequence[_Cluster], least: float) -> list[_Cluster]:
    """Join clusters that complete each other: a table cut in two by a page of other text.

    Only clusters with at least `least` evidence are parts of a table.
    """
    merged = [clusters[0]]
    for cluster in clusters[1:]:
        last = merged[-1]
        shared = _weight(last.labels & cluster.labels)
        smaller = min(last.evidence, cluster.evidence)
        if smaller >= least and shared <= 0.2 * smaller:
            labels = last.labels | cluster.labels
            evidence = _weight(labels)
            merged[-1] = replace(last, end=cluster.end, labels=labels, evidence=evidence)
        else:
            merged.append(cluster)
    return merged


def _has_full_line(folded: str, cluster: _Cluster, variants: Sequence[Table]) -> bool:
    """Whether a run of values as long as a line of the table stands at or behind the titles."""
    longest = max(len(cells) for variant in variants for _, cells in variant.lines)
    part = folded[cluster.start : cluster.end + longest + _TAIL]
    return longest > 1 and VALUE * longest in part


def _region(
    text: str, span: Span, masked: Masked, cluster: _Cluster, limit: int, table: Table
) -> Span:
    """The raw span of a cluster with the values behind its last title, up to folded `limit`."""
    folded = masked.folded
    cluster = replace(cluster, end=_behind_remark(text, masked.folded, cluster.end, limit))
    end = _beyond(folded.text, cluster, limit, table)
    start = folded.origin[min(cluster.start, len(folded.origin) - 1)]
    stop = max(start, folded.origin[end - 1] + 1)
    for token in masked.tokens:
        if token.span[0] < stop <= token.span[1]:
            stop = token.span[1]
    while stop < span[1] and text[stop] in BOUNDARY:
        stop += 1
    return start, stop


def _behind_remark(text: str, folded: Folded, end: int, limit: int) -> int:
    """The place behind a remark in brackets that parts the last title from its value."""
    remark = _REMARK.match(text, folded.origin[end - 1] + 1)
    if remark is None:
        return end
    behind = bisect_left(folded.origin, remark.end(), lo=end)
    return behind if behind < limit and folded.text[behind] == VALUE else end


def _beyond(folded: str, cluster: _Cluster, limit: int, table: Table) -> int:
    """Where a table ends: behind the values and titles that follow the last title of a cluster.

    Titles too short to be searched for count here, and text no longer than a damaged label if
    several values follow it.
    """
    short = [form for title in _titles(table) for form in forms_of(title) if len(form) < 3]
    end = cluster.end
    while end < limit:
        title = next((form for form in short if folded.startswith(form, end)), "")
        if folded[end] == VALUE or title:
            end += len(title) or 1
            continue
        reach = _TAIL if VALUE in folded[cluster.start : end] else _REACH
        following = folded.find(VALUE * 3, end, min(limit, end + reach + 3))
        if following < 0:
            break
        end = following
    return end
