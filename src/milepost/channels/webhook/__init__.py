"""Signed webhooks: Standard Webhooks around a CloudEvents envelope."""
