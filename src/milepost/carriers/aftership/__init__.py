"""AfterShip: trackings, lists, last checkpoints and webhooks, all API versions since v4."""
