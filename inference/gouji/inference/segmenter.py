"""Segmenter: the reports in a document, and the sections and tables of each.

A document is cut in two only where a table of the form comes a second time behind a further
title line or a further cycle of headings: a heading, a title or a table repeated alone cuts
nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from gouji.inference.headings import Heading, Rank, find_headings, surest, without_contents
from gouji.inference.regions import find_regions
from gouji.inference.title_lines import TitleLine, find_title_lines
from gouji.model.document import Document
from gouji.model.findings import Finding, Span, finding
from gouji.model.form import Form
from gouji.model.report import Section
from gouji.model.segmentation import Segment, TableRegion

HEADER = "header"
"""The section before the first heading."""

_MIN_SECTIONS = 2


def segment(document: Document, form: Form) -> tuple[Segment, ...]:
    """The reports that stand in the document, in reading order; () if there is none.

    The segments cover the text. A text without a table holds a report if it has headings of two
    sections, or of one section and a title.
    """
    text = document.text
    headings = find_headings(text, form)
    regions = find_regions(text, (0, len(text)), form)
    if not regions and not _is_report(text, headings, form):
        return ()
    cuts = _cuts(text, headings, regions, form)
    if not cuts:
        chosen = _chosen(text, headings)
        return (_segment(text, (0, len(text)), chosen, regions, form),)
    segments: list[Segment] = []
    for span in pairwise((0, *cuts, len(text))):
        chosen = _chosen(text, [h for h in headings if span[0] <= h.span[0] < span[1]])
        segments.append(_segment(text, span, chosen, find_regions(text, span, form), form))
    return tuple(_numbered(segments))


def _is_report(text: str, headings: Sequence[Heading], form: Form) -> bool:
    n_sections = len({heading.place for heading in headings})
    if n_sections >= _MIN_SECTIONS:
        return True
    return n_sections > 0 and bool(find_title_lines(text, form))


def _chosen(text: str, candidates: Sequence[Heading]) -> tuple[Heading, ...]:
    """The headings of one report."""
    kept: list[Heading] = []
    for heading in surest(without_contents(text, candidates)):
        if not kept or heading.span[0] >= kept[-1].span[1]:
            kept.append(heading)
    return tuple(kept)


def _segment(
    text: str, span: Span, headings: Sequence[Heading], regions: tuple[TableRegion, ...], form: Form
) -> Segment:
    sections = _sections(text, span, headings, form)
    return Segment(
        span=span,
        sections=sections,
        regions=regions,
        findings=(
            *_missing_sections(headings, form),
            *_repeated_sections(headings, form),
            *_misplaced_headings(headings, form),
            *_misplaced_tables(sections, regions),
        ),
    )


def _sections(
    text: str, span: Span, headings: Sequence[Heading], form: Form
) -> tuple[Section, ...]:
    """The sections: each begins at its heading as printed, behind indentation and `##`.

    A heading that stands again with no other between goes on with its section.
    """
    opening = [
        heading
        for number, heading in enumerate(headings)
        if number == 0 or headings[number - 1].place != heading.place
    ]
    starts = [text.index(heading.text[0], heading.span[0]) for heading in opening]
    opened = (
        Section(form.sections[heading.place].id, heading.text, place)
        for heading, place in zip(opening, pairwise([*starts, span[1]]), strict=True)
    )
    return (Section(HEADER, None, (span[0], [*starts, span[1]][0])), *opened)


def _cuts(
    text: str, headings: Sequence[Heading], regions: Sequence[TableRegion], form: Form
) -> tuple[int, ...]:
    """Where a further report begins."""
    if len({region.table for region in regions}) == len(regions):
        return ()
    titles = find_title_lines(text, form)
    cuts: list[int] = []
    last: dict[str, TableRegion] = {}
    for region in regions:
        if region.table in last:
            between = last[region.table].span[1], region.span[0]
            cut = _boundary(between, (cuts or [0])[-1], headings, titles)
            if cut is not None:
                cuts.append(cut)
                last = {table: r for table, r in last.items() if r.span[0] >= cut}
        last[region.table] = region
    return tuple(cuts)


def _boundary(
    between: Span, start: int, headings: Sequence[Heading], titles: Sequence[TitleLine]
) -> int | None:
    """Where, between two tables of one kind, the report that starts at `start` gives way.

    That is at the first title line of its own behind the last heading of the old report, or else
    at the first heading of the new cycle; None if neither is there. The old report's own title,
    repeated by a page footer, opens no new report unless a new cycle follows it, nor does any
    title where the old report's is not known.
    """
    cycle = _new_cycle(between, headings)
    floor, ceiling = between
    if cycle is not None:
        ceiling = cycle.span[0]
        floor = max(
            (h.span[1] for h in headings if floor <= h.span[0] < ceiling),
            default=floor,
        )
    own = {title.name for title in titles if start <= title.span[0] < between[0]}
    near = [title for title in titles if floor <= title.span[0] < ceiling]
    fresh = [title.span[0] for title in near if title.name not in own]
    if fresh and (own or cycle is not None):
        return fresh[0]
    if cycle is None:
        return None
    return near[-1].span[0] if near else cycle.span[0]


def _new_cycle(between: Span, headings: Sequence[Heading]) -> Heading | None:
    """The first heading of the form's first section that stands between."""
    return next(
        (
            heading
            for heading in headings
            if heading.place == 0
            and heading.rank is not Rank.MINOR_LINE
            and between[0] <= heading.span[0] < between[1]
        ),
        None,
    )


def _numbered(segments: Sequence[Segment]) -> Iterator[Segment]:
    for number, one in enumerate(segments, start=1):
        note = finding(
            "S005",
            f"文件中有 {len(segments)} 份报告，这是第 {number} 份",
            f"the file holds {len(segments)} reports; this is number {number}",
            span=one.span,
        )
        yield Segment(one.span, one.sections, one.regions, (*one.findings, note))


def _missing_sections(headings: Sequence[Heading], form: Form) -> Iterator[Finding]:
    found = {heading.place for heading in headings}
    for place, kind in enumerate(form.sections):
        if place not in found:
            yield finding(
                "S001",
                f"没有找到标题“{kind.heading}”",
                f"the heading of section {kind.id} was not found",
            )


def _repeated_sections(headings: Sequence[Heading], form: Form) -> Iterator[Finding]:
    for place, kind in enumerate(form.sections):
        same = [heading for heading in headings if heading.place == place]
        if len(same) > 1:
            yield finding(
                "S002",
                f"标题“{kind.heading}”出现 {len(same)} 次",
                f"the heading of section {kind.id} stands {len(same)} times",
                span=same[1].span,
            )


def _misplaced_headings(headings: Sequence[Heading], form: Form) -> Iterator[Finding]:
    """A heading whose numeral is not the form's, or whose section should stand further up."""
    seen: set[int] = set()
    for heading in headings:
        kind = form.sections[heading.place]
        if not heading.has_right_numeral:
            yield finding(
                "S003",
                f"标题“{heading.text}”的序号与表样“{kind.heading}”不符",
                f"the heading of section {kind.id} carries the numeral {heading.numeral}",
                span=heading.span,
            )
        elif heading.place not in seen and heading.place < max(seen, default=0):
            yield finding(
                "S003",
                f"标题“{heading.text}”排在后面的部分之后",
                f"the heading of section {kind.id} stands behind a later section",
                span=heading.span,
            )
        seen.add(heading.place)


def _misplaced_tables(
    sections: Sequence[Section], regions: Sequence[TableRegion]
) -> Iterator[Finding]:
    """A table that begins outside the section of its name, where there is such a section."""
    for region in regions:
        own = [section for section in sections if section.id == region.table]
        if own and not any(s.span[0] <= region.span[0] < s.span[1] for s in own):
            yield finding(
                "S006",
                f"“{own[0].heading}”的表格不在该部分之内",
                f"table {region.table} stands outside its section",
                span=region.span,
            )
