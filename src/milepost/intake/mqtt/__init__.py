"""Devices' reports over MQTT."""
