"""What casemill looks for: lexicons and patterns as data, one folder a family, described in README.md."""
