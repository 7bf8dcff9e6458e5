"""SEKO Omni Parcel: status API."""
