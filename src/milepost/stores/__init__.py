"""Floor 3: where the ledger is kept. One contract, tests/contract/test_stores.py, for all."""
