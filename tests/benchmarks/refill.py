"""The refill benchmark: annotated reports with other numbers in their cells, and the gold.

    .venv/bin/python tests/benchmarks/refill.py OUT --draws 20 --seed 1

writes OUT/sources/NAME.txt and OUT/gold/NAME.gold.json, NAME = ANNOTATION-STYLE-DRAW. The numbers
follow the law of `gouji.training.synthesis.number_law`; one draw has the same numbers in all styles
but those with a fault.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count, pairwise
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.annotations.corpus import read_annotations, tables_of
from gouji.model.annotation import Annotation
from gouji.model.findings import Span
from gouji.model.form import Form, Table
from gouji.model.form_file import load_form
from gouji.model.mention import Number
from gouji.training.synthesis.number_law import draw
from tests.benchmarks.refill_styles import DEFAULT_STYLES, STYLES, Numbers, Style

GOLD = Path(__file__).parents[2] / "annotations" / "gold" / "test.jsonl"

Edit = tuple[Span, str]
"""A span and the text to put in its place."""


@dataclass(frozen=True, slots=True)
class Gold:
    """The truth about a refilled report, in the format that `gouji evaluate` reads."""

    cells: Mapping[str, Number]
    printed: Mapping[str, Number | None]
    fields: Mapping[str, Number | str]


def benchmark(
    annotations: Sequence[Annotation], form: Form, styles: Sequence[str], n_draws: int, seed: int
) -> Iterator[tuple[str, str, Gold]]:
    """Name, text and gold of every annotation in every style with every draw.

    Raises:
        ValueError: the id of an annotation holds a hyphen, which would split the name wrongly.
    """
    for annotation in annotations:
        if "-" in annotation.id:
            raise ValueError(f"annotation {annotation.id!r}: an id must not hold a hyphen")
        tables = tables_of(annotation, form)
        for style in styles:
            for number in range(n_draws):
                key = f"{seed}/{annotation.id}/{number}"
                text, gold = refill(annotation, tables, style, key)
                yield f"{annotation.id}-{style}-{number}", text, gold


def refill(
    annotation: Annotation, tables: Sequence[Table], style: str, key: str
) -> tuple[str, Gold]:
    """The text with drawn numbers in the style of this name, and its gold.

    The same `key` gives the same numbers in every style that has no fault.
    """
    chosen = STYLES[style]
    numbers, wrong = _numbers(tables, chosen, key)
    shown = {**numbers, **wrong}
    written = {cell: _written(number, chosen) for cell, number in shown.items()}
    if chosen.respell:
        written = {**written, **chosen.respell(written, Random(f"{key}/{style}"))}
    edits = [(mention.span, written[mention.cell]) for mention in annotation.mentions]
    if chosen.insert:
        ends = row_ends(annotation, tables)
        lines = chosen.insert(len(ends), Random(f"{key}/{style}"))
        edits += [((ends[end], ends[end]), f"{line}\n") for end, line in lines.items()]
    printed: dict[str, Number | None] = dict(wrong)
    if chosen.zero is not None:
        printed |= {cell: None for cell, number in shown.items() if number == 0}
    fields = {name: label.value for name, label in annotation.fields.items() if label is not None}
    return chosen.finish(edited(annotation.text, edits)), Gold(numbers, printed, fields)


def _numbers(tables: Sequence[Table], style: Style, key: str) -> tuple[Numbers, Numbers]:
    """The truth, and the cells that show something else; drawn again until there is room."""
    for attempt in count():
        rng = Random(f"{key}/{attempt}")
        numbers = draw(tables, rng)
        if style.fault is None:
            break
        wrong = style.fault({table.id: table for table in tables}, numbers, rng)
        if wrong:
            return numbers, wrong
    return numbers, {}


def _written(number: Number, style: Style) -> str:
    return style.zero if number == 0 and style.zero is not None else style.spell(number)


def row_ends(annotation: Annotation, tables: Sequence[Table]) -> tuple[int, ...]:
    """Where a line may be put in between two printed rows of a table: offsets into the text.

    A row end is the beginning of the line after the row's last cell. Tables that print several
    rows on one line have none between these.
    """
    ends = []
    for table in tables:
        for (_, stop), (start, _) in pairwise(_rows(annotation, table)):
            line_break = annotation.text.find("\n", stop, start)
            if line_break >= 0:
                ends.append(line_break + 1)
    return tuple(sorted(ends))


def _rows(annotation: Annotation, table: Table) -> list[Span]:
    """From the first to the last cell of each printed row, in reading order."""
    spans = {mention.cell: mention.span for mention in annotation.mentions}
    rows = []
    for _, cells in table.lines:
        found = [spans[cell.id] for cell in cells if cell.id in spans]
        if found:
            rows.append((min(found)[0], max(found)[1]))
    return sorted(rows)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with each span replaced; the spans do not overlap."""
    parts = []
    end = 0
    for (start, stop), replacement in sorted(edits):
        parts += [text[end:start], replacement]
        end = stop
    return "".join([*parts, text[end:]])


def write(out: Path, name: str, text: str, gold: Gold) -> None:
    """Write one source and its gold below `out`."""
    source = out / "sources" / f"{name}.txt"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(text.encode())
    write_gold(out, name, gold)


def write_gold(out: Path, name: str, gold: Gold) -> None:
    """Write the gold of a source below `out`."""
    path = out / "gold" / f"{name}.gold.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(gold), ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> None:
    """Write the benchmark that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--draws", type=int, default=20, help="sets of numbers per annotation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--styles", nargs="+", choices=sorted(STYLES), default=DEFAULT_STYLES)
    parser.add_argument("--annotations", type=Path, default=GOLD)
    options = parser.parse_args()
    annotations = read_annotations(options.annotations)
    for name, text, gold in benchmark(
        annotations, load_form(), options.styles, options.draws, options.seed
    ):
        write(options.out, name, text, gold)


if __name__ == "__main__":
    main()
