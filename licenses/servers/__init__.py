"""Readers of what licence servers say: one module for each kind of text. None of their results can hold a person."""
