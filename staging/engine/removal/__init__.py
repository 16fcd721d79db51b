"""Taking furniture out of a photo: what hides floor and walls is found, and what it hid is continued from what is seen.

`sheets` sees each plane of the room straight on, `cover` says what each is covered with, `quilt` continues the texture,
`joints` and `tiling` tiles, `skirting` the boards at the foot of the walls, `continuation` windows, curtains and doors,
`filling` makes whole planes of all that and `drawing` puts them back into the photo; `finding` finds the furniture.
"""
