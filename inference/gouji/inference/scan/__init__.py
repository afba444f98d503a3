"""Scans: the picture of a page becomes text, with places and what else it may say.

Nothing here is imported unless a picture is read: it needs the extra `scan`.
"""
