"""Regions: where the tables of a form stand in a text.

A table gives itself away by the titles of its rows, columns and blocks standing close together,
whatever section they are in and whatever order the headings have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from gouji.inference.labels import VALUE, Hit, Masked, exact_hits, forms_of, heading_titles, mask
from gouji.inference.labels import row_forms
from gouji.inference.tokens import BOUNDARY
from gouji.model.findings import Span
from gouji.model.form import Form, Table
from gouji.model.segmentation import TableRegion

_REACH = 80  # characters of other text, values not counted, that may part two titles of a table
_SHARE = 0.25  # share of a table's titles, by length, that makes a table
_RIVAL = 0.5  # a further table of the same kind has at least this share of the best one's evidence
_TAIL = 30  # characters of an unreadable label that may part a table from its last values


@dataclass(frozen=True, slots=True)
class _Title(Hit):
    """A title found; `in_heading` if it is part of a section's heading, `is_row` if of a row."""

    in_heading: bool
    is_row: bool


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
        for cluster in _clusters(masked.folded.text, form, tuple(form.variants[table].values()))
    ]
    clusters.sort(key=lambda cluster: cluster.start)
    ends = [following.start for following in clusters[1:]] + [len(masked.folded.text)]
    return tuple(
        TableRegion(cluster.table, _region(text, span, masked, cluster, max(end, cluster.end)))
        for cluster, end in zip(clusters, ends, strict=True)
    )


def _clusters(folded: str, form: Form, variants: Sequence[Table]) -> list[_Cluster]:
    hits = _title_hits(folded, form, variants)
    if not hits:
        return []
    whole = min(_weight(_titles(variant)) for variant in variants)
    found = _merge([_cluster(folded, variants[0].id, group) for group in _groups(folded, hits)])
    sound = [
        (cluster, cluster.evidence / whole)
        for cluster in found
        if cluster.evidence / whole >= _SHARE or _has_full_line(folded, cluster, variants)
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


def _title_hits(folded: str, form: Form, variants: Sequence[Table]) -> list[_Title]:
    titles = dict(chain.from_iterable(_titles_of(variant) for variant in variants))
    rows = {row.title for variant in variants for block in variant.blocks for row in block.rows}
    headings = _headings(form)
    hits = [
        _Title(hit.label, hit.start, hit.end, hit.score, rest > 0, title in rows)
        for title, forms in titles.items()
        for hit in exact_hits(folded, title, forms)
        for rest in [_rest_of_heading(folded, hit, headings)]
    ]
    return sorted(hits, key=lambda hit: (hit.start, -hit.end))


@lru_cache(maxsize=8)
def _headings(form: Form) -> tuple[str, ...]:
    return tuple(
        forms_of(heading)[-1] for kind in form.sections for heading in (kind.heading, *kind.aliases)
    )


def _rest_of_heading(folded: str, hit: Hit, headings: Sequence[str]) -> int:
    """How many characters a section heading goes on from the start of a hit; 0 outside of one."""
    title = folded[hit.start : hit.end]
    for heading in headings:
        at = heading.find(title)
        if (
            at >= 0
            and folded.startswith(heading[at:], hit.start)
            and len(heading) > at + len(title)
        ):
            return len(heading) - at
    return 0


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


def _cluster(folded: str, table: str, hits: Sequence[_Title]) -> _Cluster:
    labels = frozenset(hit.label for hit in hits)
    inside = _without_prose(folded, [hit for hit in hits if not hit.in_heading])
    if inside:
        start, end = inside[0].start, max(hit.end for hit in inside)
    else:
        start = end = max(hit.end for hit in hits)
    return _Cluster(table, start, end, labels, _weight(labels))


def _without_prose(folded: str, hits: list[_Title]) -> list[_Title]:
    """The hits from the first on that has a value or another title behind it.

    Prose names the rows too (`行政许可239项`) just above the table.
    """
    for index, hit in enumerate(hits):
        following = hits[index + 1].start if index + 1 < len(hits) else len(folded)
        if not hit.is_row or VALUE in folded[hit.end : hit.end + 1] or following - hit.end <= 12:
            return hits[index:]
    return hits


def _merge(clusters: Sequence[_Cluster]) -> list[_Cluster]:
    """Join neighbours that complete each other: a table cut in two by a page of other text."""
    merged = [clusters[0]]
    for cluster in clusters[1:]:
        last = merged[-1]
        shared = _weight(last.labels & cluster.labels)
        if shared <= 0.2 * min(last.evidence, cluster.evidence):
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


def _region(text: str, span: Span, masked: Masked, cluster: _Cluster, limit: int) -> Span:
    """The raw span of a cluster with the values behind its last title, up to folded `limit`."""
    folded = masked.folded
    end = cluster.end
    while True:
        while end < limit and folded.text[end] == VALUE:
            end += 1
        reach = _TAIL if VALUE in folded.text[cluster.start : end] else _REACH
        following = folded.text.find(VALUE * 3, end, min(limit, end + reach + 3))
        if following < 0:
            break
        end = following
    start = folded.origin[min(cluster.start, len(folded.origin) - 1)]
    stop = max(start, folded.origin[end - 1] + 1)
    for token in masked.tokens:
        if token.span[0] < stop <= token.span[1]:
            stop = token.span[1]
    while stop < span[1] and text[stop] in BOUNDARY:
        stop += 1
    return start, stop
