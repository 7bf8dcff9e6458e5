"""What every connector's `parse.py` may lean on: bytes, trees, times, places. Nothing else.

Usual imports: `from milepost.carriers.toolkit.collect import ScanError, Collector`,
`…toolkit.decoding import read_json`, `…toolkit.tree import dig, rows_of, text_of`,
`…toolkit.times import best_when, join_when, read_when`, `…toolkit.xmltree import read_xml`.
"""
