"""A network of facilities learned from scans, and what it says of a road: where next, and when.

`model` what a road tells, `lessons` what it teaches, `network` what is learned, `flows` where roads
go on to, `times` how long that lasts, `ahead` and `nextscan` the road ahead, `astray` missorts and
detours, `traffic` and `present` how things are now, `ways` the alternatives.
"""
