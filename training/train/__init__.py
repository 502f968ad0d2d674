"""One module per network: `python -m training.train.<t2i|i2v|interpolate|upsample|judge>`."""
