"""Taking furniture out of a photo: what hides floor and walls is found, and what it hid is continued from what is seen.

`sheets` sees each plane of the room straight on, `cover` says what each is covered with, `quilt` continues the texture,
`joints` and `tiling` tiles, `skirting` the boards at the foot of the walls, `filling` puts all back into the photo,
`finding` finds the furniture.
"""
