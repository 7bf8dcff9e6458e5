"""Ways to reach a receiver, a folder each. Adding one edits no file outside its folder."""
