"""Reconciling: from readings to the numbers of a table that add up, and what is not sure."""

from gouji.model.reconciling.settings import (
    ReconcilingSettings,
    load_settings,
    parse_settings,
)
from gouji.model.reconciling.table import reconcile

__all__ = ["ReconcilingSettings", "load_settings", "parse_settings", "reconcile"]
