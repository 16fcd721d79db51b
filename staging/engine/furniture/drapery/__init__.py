"""Cloth solved once: `solver` and `hanging` make the meshes at build time, `shelf` bends them to a piece's size."""
