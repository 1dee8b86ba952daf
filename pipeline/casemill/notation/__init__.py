"""Pure text to value, no spaCy: each module reads one notation, or says why it can't."""
