"""Nouns of a scene: the room that was read from the photo, meshes, materials, pieces, arrangements."""
