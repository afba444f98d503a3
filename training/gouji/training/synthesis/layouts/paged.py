"""Tables that run over pages: page numbers, running titles and heads printed again."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import GridRow, RowKind, Spans, draw_shape, title_row
from gouji.training.synthesis.layouts.lines import draw_cells, print_cells
from gouji.training.synthesis.layouts.separated import (
    Rows,
    draw_bars,
    draw_blanks,
    draw_tabs,
    print_bars,
    print_blanks,
)

_FOOTERS = (
    "- {page} -",
    "-{page}-",
    "— {page} —",
    "—{page}—",
    "－ {page} －",
    "第{page}页",
    "第 {page} 页 共 {pages} 页",
    "第{page}页，共{pages}页",
    "{page}/{pages}",
    "{page}",
    "Page {page} of {pages}",
    "P. {page}",
)
_HEADERS = (
    None,
    None,
    "政府信息公开工作年度报告",
    "续表",
    "（续表）",
    "接上表",
    "续上页",
    "年度报告  政府信息公开",
)


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How pages end and begin: `n_rows` of them hold a page, a head is printed `again` on each.

    `seed` fixes how full the first page is and which number it has.
    """

    n_rows: int
    footer: str
    header: str | None
    again: bool
    around: str
    seed: int

    def __call__(self, rows: Rows) -> tuple[GridRow, ...]:
        """The rows with what stands between two pages."""
        rng = Random(f"{self.seed}/{len(rows)}")
        n_above, page = rng.randrange(self.n_rows), rng.randint(1, 6)
        pages = page + rng.randint(2, 6)
        paged: list[GridRow] = []
        head: list[GridRow] = []
        for before, row in zip((None, *rows), rows, strict=False):
            if row.kind is RowKind.HEAD:
                is_new = before is None or before.kind is not RowKind.HEAD
                head = [row] if is_new else [*head, row]
            if n_above >= self.n_rows and row.kind is RowKind.BODY:
                paged += self._break(self.footer.format(page=page, pages=pages))
                if self.again and before is not None and before.kind is not RowKind.HEAD:
                    paged += head
                n_above, page = 0, page + 1
            paged.append(row)
            n_above += 1
        return tuple(paged)

    def _break(self, footer: str) -> list[GridRow]:
        texts = [f"{self.around}{footer}{self.around}", *([self.header] if self.header else [])]
        return [title_row(RowKind.FURNITURE, text) for text in texts]


def draw_pages(rng: Random) -> PageStyle:
    """Pages of six to twenty rows."""
    return PageStyle(
        n_rows=rng.randint(6, 20),
        footer=rng.choice(_FOOTERS),
        header=rng.choice(_HEADERS),
        again=rng.random() < 0.7,
        around=rng.choice(("", "", "\n")),
        seed=rng.getrandbits(32),
    )


def paged_bars(rng: Random) -> Layout:
    """Rows with bars over pages."""
    bars = draw_bars(rng, *rng.choice(((False, True), (True, True), (False, False))))
    return partial(print_bars, draw_shape(rng), bars, arrange=draw_pages(rng))


def paged_tabs(rng: Random) -> Layout:
    """Rows with tabs over pages."""
    shape = draw_shape(rng, spans=(Spans.EMPTY, Spans.GONE))
    return partial(print_bars, shape, draw_tabs(rng), arrange=draw_pages(rng))


def paged_blanks(rng: Random) -> Layout:
    """Rows with blanks over pages."""
    shape = draw_shape(rng, spans=(Spans.GONE,))
    return partial(print_blanks, shape, draw_blanks(rng), arrange=draw_pages(rng))


def paged_cells(rng: Random) -> Layout:
    """A cell a line over pages."""
    return partial(print_cells, *draw_cells(rng), arrange=draw_pages(rng))


FAMILIES: Mapping[str, Family] = {
    "paged_bars": paged_bars,
    "paged_tabs": paged_tabs,
    "paged_blanks": paged_blanks,
    "paged_cells": paged_cells,
}
BOUNDLESS = frozenset({"paged_blanks"})
