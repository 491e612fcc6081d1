"""Numbers in, numbers out: no input or output, no agents, no network."""
