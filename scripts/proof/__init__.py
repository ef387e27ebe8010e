"""Proof worlds: small worlds with a known truth, built through the project's own models, and what comes back of it.

worlds       what each world is made of
truths       what is true in it, and what plain counting would say
building     one reading of the project, one set of seeds, then a world after the other
observing    a world made, built and read
judging      figures beside their thresholds
figures      a figure, and what a miss may be put down to
statistics   rank correlation, slope, shares
running      all of it in parallel, and the table
"""
