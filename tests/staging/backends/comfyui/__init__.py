"""A stand-in for ComfyUI, and what the client makes of it."""
