"""What is measured and not tested: the benches of `make bench` (engine, platform, delivery) with the parts that they
are made of, `make scale` (scale, scale_originals), `make import-scale` and `make lighthouse`."""
