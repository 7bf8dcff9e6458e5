"""What devices report in our own JSON, over HTTP, MQTT or in files."""
