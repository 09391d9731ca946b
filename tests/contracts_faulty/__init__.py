"""Components with one planted fault each, beside a sound one: what the contract checks must catch."""
