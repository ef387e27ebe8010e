"""A demo world: a simulated market with planted truths, and the files a build can start from."""
