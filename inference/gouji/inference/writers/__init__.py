"""Writers: reports to files, and how such a file is told from a source."""
