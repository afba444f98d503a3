"""What everything else is made of: documents, forms, mentions, readings, reports, reconciling."""
