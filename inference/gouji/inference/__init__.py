"""From a file to reports: readers, segmenter, rule extractor, pipeline, writers, bulk runs."""

from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read

__all__ = ["Extractor", "Limits", "Settings", "read"]
