"""The evaluation report: one HTML page that needs nothing else, and its numbers as plain data."""

from gouji.inference.evaluation_page.contents import Contents
from gouji.inference.evaluation_page.data import ablation_data, page_data
from gouji.inference.evaluation_page.page import page

__all__ = ["Contents", "ablation_data", "page", "page_data"]
