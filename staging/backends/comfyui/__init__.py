"""Rendering on GPU machines of one's own that run ComfyUI (README.md beside this file tells operators how).

catalogue.py   the workflows, as data (workflows/*.json, catalogue.json, models.json)
graphs.py      a workflow filled in, several joined to one
node.py        a machine, what it can do, what was learned of it
client.py      HTTP with one machine
answers.py     what its answers mean: where a job stands, which class a failure has
probing.py     asking a machine what it can do
pictures.py    sizes, and the way back into the photo
choosing.py    which machine makes the next picture
backend.py     the `Backend`
"""

from staging.backends.comfyui.backend import ComfyUI, connect
from staging.backends.comfyui.node import Node, Note

__all__ = ["ComfyUI", "Node", "Note", "connect"]
