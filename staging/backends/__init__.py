"""Rendering backends: one Protocol (`base`), one module per kind of server that makes pictures."""
