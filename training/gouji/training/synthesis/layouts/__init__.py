"""The layout families that train; those held out are in no mapping of this module.

`TRAINING` maps a name to its family. In a family of `BOUNDLESS` nothing but blanks stands between
cells: an empty cell leaves no trace that can be told from others and has no piece.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gouji.training.synthesis.layouts import (
    columns,
    fixed,
    flow,
    lines,
    margins,
    paged,
    pdf,
    records,
    ruled,
    separated,
    web,
    years,
)
from gouji.training.synthesis.layouts.family import Family

_DEVICES = (
    lines,
    separated,
    ruled,
    fixed,
    pdf,
    flow,
    records,
    columns,
    web,
    paged,
    years,
    margins,
)

TRAINING: Mapping[str, Family] = MappingProxyType(
    {name: family for device in _DEVICES for name, family in device.FAMILIES.items()}
)
BOUNDLESS: frozenset[str] = frozenset().union(*(device.BOUNDLESS for device in _DEVICES))
