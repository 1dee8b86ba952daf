"""The spaCy components, one a file; each is registered by an entry point and usable alone."""
