"""The documented APIs, one package each. They translate and never decide."""
