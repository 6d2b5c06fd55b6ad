"""The files of reports: their columns, their words, and how XLSX and CSV are written."""
