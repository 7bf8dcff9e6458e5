"""Floor 4: HTTP as all surfaces need it: typed endpoints, OpenAPI, keys, limits, problems."""
