"""Annotated reports: the corpus, its checks, import and export."""
