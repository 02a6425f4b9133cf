"""From a change to waves, proof and progress.

change    what a person wants
steps     what is done, as inert data
plan      waves of steps with their proof
progress  a rollout as a state machine without input or output
"""
