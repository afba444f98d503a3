"""Regions: an annotation as the labelled stretches of text that labelling programs know.

A program shows the cells, fields and headings of a text and lets a person change them. What it
can't show (blanks, values without a place, provenance) stays in the annotation that was exported,
and what was changed is carried over to it: an export that comes back unchanged is what it was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from gouji.annotations.checks import HEADER
from gouji.annotations.field_values import reads_as, value_of_words
from gouji.annotations.page_numbers import other_numbers, printed_number, unit_factor
from gouji.annotations.problems import cells_by_id
from gouji.model.annotation import Annotation, CellMention, FieldLabel
from gouji.model.findings import Span
from gouji.model.form import Cell, FieldKind, Form, Table
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import exact
from gouji.model.report import Section

FIELD, SECTION = "field:", "section:"
Value = Number | str


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of text with a label: a cell id, `field:ID`, or `section:ID` on its heading."""

    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What a labelling program gives back: the regions, and values that a person wrote beside some.

    `values` holds by label the truth of a cell where the page shows something else, or the value
    of a field that its words do not spell.
    """

    regions: tuple[Region, ...]
    values: Mapping[str, Value] = field(default_factory=dict)


@cache
def labels_of(form: Form) -> tuple[str, ...]:
    """Every label of a form in its order: cells, then fields, then sections."""
    fields = (FIELD + kind.id for kind in form.fields)
    sections = (SECTION + kind.id for kind in form.sections)
    return (*cells_by_id(form), *fields, *sections)


def marked_of(annotation: Annotation) -> Marked:
    """The regions of an annotation in the order of the text; blanks and wrong spans have none.

    Beside a cell that is printed otherwise stands its truth.
    """
    found = [Region(mention.span, mention.cell) for mention in annotation.mentions]
    found += [
        Region(label.span, FIELD + name)
        for name, label in annotation.fields.items()
        if label is not None and label.span is not None
    ]
    found += [
        Region((section.span[0], section.span[0] + len(section.heading)), SECTION + section.id)
        for section in annotation.sections
        if section.heading is not None
    ]
    n_chars = len(annotation.text)
    shown = [region for region in found if 0 <= region.span[0] < region.span[1] <= n_chars]
    labelled = {region.label for region in shown}
    values: dict[str, Value] = {
        cell: truth
        for cell in annotation.printed
        if cell in labelled and (truth := annotation.cells.get(cell)) is not None
    }
    return Marked(tuple(sorted(shown, key=lambda region: (*region.span, region.label))), values)


def corrected(annotation: Annotation, marked: Marked, form: Form) -> Annotation:
    """The annotation with what a person changed of its regions and values.

    Only what was changed is worked out anew: a cell at another place has the number that stands
    there, a field its words, sections run from heading to heading.
    """
    before = marked_of(annotation)
    if Counter(before.regions) == Counter(marked.regions) and before.values == marked.values:
        return annotation
    change = _Change(annotation, before, marked, form)
    variants = change.variants()
    mentions = change.mentions()
    changed = replace(
        annotation,
        variants=variants,
        mentions=mentions,
        fields=change.fields(),
        sections=change.sections(),
        others=_others(annotation, mentions),
    )
    cells, printed = change.cells(mentions, _tables(variants, form))
    return replace(changed, cells=cells, printed=printed)


@dataclass(frozen=True)
class _Change:
    """An annotation, what was marked in it, and what is marked now."""

    annotation: Annotation
    before: Marked
    after: Marked
    form: Form

    def labels(self, kind: str) -> set[str]:
        """The labels of a kind (by their start, "" for cells) that were changed in any way."""
        counts = [Counter(marked.regions) for marked in (self.before, self.after)]
        changed = (counts[0] - counts[1]) + (counts[1] - counts[0])
        labels = {region.label for region in changed}
        labels |= {
            label
            for label in (*self.before.values, *self.after.values)
            if self.before.values.get(label) != self.after.values.get(label)
        }
        return {label.removeprefix(kind) for label in labels if _kind(label) == kind}

    def mentions(self) -> tuple[CellMention, ...]:
        """The cells' places in the order of the text; unchanged they stay as they are.

        The blank place of a cell goes where the cell is found elsewhere.
        """
        changed, text = self.labels(""), self.annotation.text
        if not changed:
            return self.annotation.mentions
        new = [
            CellMention(region.span, region.label, text[slice(*region.span)])
            for region in self.after.regions
            if region.label in changed
        ]
        found = {mention.cell for mention in new}
        kept = [
            mention
            for mention in self.annotation.mentions
            if mention.cell not in changed
            or (mention.kind is MentionKind.BLANK and mention.cell not in found)
        ]
        return tuple(sorted((*kept, *new), key=lambda mention: mention.span))

    def cells(
        self, mentions: Iterable[CellMention], tables: Sequence[Table]
    ) -> tuple[dict[str, Number | None], dict[str, Number | None]]:
        """The truth of the cells of the tables, and what the page shows where it is not that."""
        known = {cell.id: cell for table in tables for cell in table.cells}
        changed = self.labels("")
        at = {mention.cell: mention for mention in mentions}
        cells: dict[str, Number | None] = {}
        printed: dict[str, Number | None] = {}
        for name in dict.fromkeys((*self.annotation.cells, *known)):
            if name not in known and name not in at:
                continue  # of a variant that the table turned out not to have
            truth, shown = self.annotation.cells.get(name), self.annotation.cells.get(name)
            if name in self.annotation.printed:
                shown = self.annotation.printed[name]
            if name in changed:
                truth, shown = self._cell(name, at.get(name), known.get(name))
            cells[name] = truth
            if shown != truth or (name in self.annotation.printed and name not in changed):
                printed[name] = shown
        return cells, printed

    def _cell(
        self, name: str, mention: CellMention | None, cell: Cell | None
    ) -> tuple[Number | None, Number | None]:
        """The truth of a changed cell, and what the page shows."""
        shown = None if mention is None else printed_number(mention)
        stated = self.after.values.get(name)
        if isinstance(stated, int | float):
            return stated, shown
        if shown is None or mention is None:
            return None, None
        unit = cell.column.unit if cell else None
        times, by = unit_factor(self.annotation.text, mention.span[1], unit)
        return exact(Decimal(repr(shown)) * times / by), shown

    def variants(self) -> Mapping[str, str]:
        """The variants, exchanged for one that has all cells marked, where there is one."""
        marked = {region.label for region in self.after.regions}
        chosen = dict(self.annotation.variants)
        for table, known in self.form.variants.items():
            ours = {label for label in marked if label.partition(".")[0] == table}
            current = known.get(chosen.get(table, ""))
            if current is None or not ours <= current.cell.keys():
                fitting = [name for name, other in known.items() if ours <= other.cell.keys()]
                chosen.update({table: fitting[0]} if fitting else {})
        return chosen

    def fields(self) -> Mapping[str, FieldLabel | None]:
        """The fields; a changed one has the value that was written, or that its words spell."""
        changed = self.labels(FIELD)
        kinds = {kind.id: kind for kind in self.form.fields}
        first_last = reversed(tuple(_sorted(self.after.regions)))  # of two places the first counts
        spans = {region.label.removeprefix(FIELD): region.span for region in first_last}
        fields = dict(self.annotation.fields)
        for name in sorted(changed & kinds.keys()):
            fields[name] = self._field(kinds[name], spans.get(name))
        return fields

    def _field(self, kind: FieldKind, span: Span | None) -> FieldLabel | None:
        stated = self.after.values.get(FIELD + kind.id)
        if span is None:
            return None if stated is None else FieldLabel(stated)
        words = self.annotation.text[slice(*span)]
        old = self.annotation.fields.get(kind.id)
        if stated is None and old is not None and reads_as(old.value, words, kind):
            stated = old.value
        if stated is None:
            year = self.annotation.fields.get("year")
            known = year.value if year and isinstance(year.value, int) else None
            stated = value_of_words(words, kind, known)
        return FieldLabel(words.strip() if stated is None else stated, span)

    def sections(self) -> tuple[Section, ...]:
        """The sections, from each heading to the next."""
        if not self.labels(SECTION):
            return self.annotation.sections
        text = self.annotation.text
        headings = [r for r in _sorted(self.after.regions) if _kind(r.label) == SECTION]
        starts = [0, *(region.span[0] for region in headings), len(text)]
        names = [HEADER, *(region.label.removeprefix(SECTION) for region in headings)]
        words = [None, *(text[slice(*region.span)] for region in headings)]
        return tuple(
            Section(name, heading, (first, last))
            for name, heading, first, last in zip(names, words, starts, starts[1:], strict=False)
        )


def _sorted(regions: Iterable[Region]) -> Iterator[Region]:
    yield from sorted(regions, key=lambda region: (*region.span, region.label))


def _kind(label: str) -> str:
    return next((kind for kind in (FIELD, SECTION) if label.startswith(kind)), "")


def _tables(variants: Mapping[str, str], form: Form) -> tuple[Table, ...]:
    return tuple(
        known[variants[table]]
        for table, known in form.variants.items()
        if variants.get(table) in known
    )


def _others(annotation: Annotation, mentions: Iterable[CellMention]) -> tuple[Span, ...]:
    """The other numbers beside new places of cells: those that stand clear of them, and new ones.

    Unchanged places leave them as they are.
    """
    mentions = tuple(mentions)
    if mentions == annotation.mentions:
        return annotation.others
    spans = [mention.span for mention in mentions if mention.span[0] < mention.span[1]]
    taken = {index for span in spans for index in range(*span)}
    kept = [span for span in annotation.others if taken.isdisjoint(range(*span))]
    return tuple(sorted((*kept, *other_numbers(annotation.text, [*spans, *kept]))))
