"""Synthetic reports: layout x damage x numbers x wording, every number with its label.

`stream.stream` yields samples without end, `report.synthesize` makes one of a key. A report is
drawn in this order: `number_law` (and misprints), `agencies`, `fields` (what it
states), `prose` and `chapters` (its words, by the grammar in `wording/`), `surroundings` (title,
site, signature), `sheets` (its tables), `damage`, `layouts`, `composition`, `labelling`.
"""
