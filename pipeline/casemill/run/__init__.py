"""Runs: reports streamed through the pipeline into tables on disk or in memory."""
