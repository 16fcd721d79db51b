"""What the engine can do with a photo. Importing this package alone loads no numerics: a light parent stays light."""
