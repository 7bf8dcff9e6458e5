"""One file or folder a protocol, found by being here; each offers `PROTOCOL`."""
