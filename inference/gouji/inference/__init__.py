"""From a file to reports: readers, segmenter, rule extractor, pipeline, writers, bulk runs."""
