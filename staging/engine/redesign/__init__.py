"""A photo repainted: walls and floor of a room, or front, sky and lawn of a house. What is built stays as it is."""
