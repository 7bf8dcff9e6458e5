"""Parcel.One."""
