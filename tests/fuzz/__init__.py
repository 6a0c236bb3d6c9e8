"""Fuzzing: `python -m tests.fuzz TARGET [SECONDS]`, with atheris (extra `fuzz`)."""
