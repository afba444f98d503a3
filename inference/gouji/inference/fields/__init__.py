"""Fields: the values of a report outside its tables, read by rules."""

from gouji.inference.fields.collect import find_fields

__all__ = ["find_fields"]
