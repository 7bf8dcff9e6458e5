"""快递100 Kuaidi100: answers to track queries and pushes to subscribers."""
