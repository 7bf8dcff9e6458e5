"""How scans come in beside the API: asking accounts upstream, listening to devices."""
