"""The layout families held out of everything that trains or chooses: they only measure.

A tagger that reads them has learned to read tables, not layouts. Nothing but the evaluation may
import this module or its neighbours `held_out_*`; a test walks the imports.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gouji.training.synthesis.layouts.family import Family
from gouji.training.synthesis.layouts.held_out_bars import value_pipe_lines
from gouji.training.synthesis.layouts.held_out_csv import quoted_csv
from gouji.training.synthesis.layouts.held_out_flow import pdf_flow_vertical
from gouji.training.synthesis.layouts.held_out_markdown import torn_markdown
from gouji.training.synthesis.layouts.held_out_one_line import one_line
from gouji.training.synthesis.layouts.held_out_prose import key_value_prose

HELD_OUT: Mapping[str, Family] = MappingProxyType(
    {
        "value_pipe_lines": value_pipe_lines,
        "one_line": one_line,
        "pdf_flow_vertical": pdf_flow_vertical,
        "key_value_prose": key_value_prose,
        "torn_markdown": torn_markdown,
        "quoted_csv": quoted_csv,
    }
)
"""The held-out families by name."""

BOUNDLESS_HELD_OUT = frozenset({"one_line", "pdf_flow_vertical"})
"""The families in which an empty cell leaves no trace: its piece is there, nothing around it."""
