"""The furniture shop: every piece is built from numbers, in eight styles, with textures painted by the same numbers."""
