"""快递鸟 Kdniao: answers to track queries and pushes to subscribers."""
