"""Rows against gold rows: matching, counting, reporting. Knows tables only, never a document."""
