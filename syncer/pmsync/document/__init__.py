"""Markdown documents: bytes in, action items out; edits in, bytes out."""
