"""How insula is extended: hooks, registries, options and their way into Hydra."""
