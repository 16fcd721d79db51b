"""Photos of empty rooms that never existed, made by our own tracer: what `make run`, the tests and the README show.

rooms       the two rooms, in metres      joinery     windows, doors, skirting boards
surfaces    floors and the view outside   photograph  from scene to a listing photo
"""
