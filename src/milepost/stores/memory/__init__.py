"""A store in memory, for tests of whoever builds on Milepost; behaves as the PostgreSQL one."""
