"""`make chaos`: renders go through while everything that serves them is killed, again and again."""
