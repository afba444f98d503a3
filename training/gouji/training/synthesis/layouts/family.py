"""What a layout family is."""

from collections.abc import Callable
from random import Random

from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Sheet

Layout = Callable[[Sheet], list[Piece]]
"""Prints a table: every cell of the sheet once, its titles and notes around them."""

Family = Callable[[Random], Layout]
"""Draws a layout of its kind once per report, so that all tables of a report look alike."""
