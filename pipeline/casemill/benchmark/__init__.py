"""casemill measured on annotated corpora of spans: one module a kind of corpus, each from texts to counts."""
