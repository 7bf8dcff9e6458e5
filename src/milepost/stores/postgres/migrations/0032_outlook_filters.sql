-- Filters that are asked together (a town and a carrier, trouble in a country) are looked at in the
-- index, not in the row: what does not fit costs no visit to the table. The columns behind `road`
-- are for that only. They stood in an index before, so no update that was HOT ceases to be.
DROP INDEX outlook_toward, outlook_toward_comes, outlook_country, outlook_country_comes,
    outlook_carrier_comes, outlook_trouble_comes;
CREATE INDEX outlook_toward ON outlook (tenant, toward, last_s DESC, road DESC, carrier, main)
    WHERE toward IS NOT NULL;
CREATE INDEX outlook_toward_comes ON outlook (tenant, toward, comes_s, road, carrier, main)
    WHERE comes_s IS NOT NULL;
CREATE INDEX outlook_country ON outlook (tenant, country, last_s DESC, road DESC, carrier, main);
CREATE INDEX outlook_country_comes ON outlook (tenant, country, comes_s, road, carrier, main)
    WHERE comes_s IS NOT NULL;
CREATE INDEX outlook_carrier_comes ON outlook (tenant, carrier, comes_s, road, main)
    WHERE comes_s IS NOT NULL;
-- Few are in trouble, so all other filters fit behind.
CREATE INDEX outlook_trouble
    ON outlook (tenant, last_s DESC, road DESC, toward, country, carrier, main) WHERE trouble;
CREATE INDEX outlook_trouble_comes
    ON outlook (tenant, comes_s, road, toward, country, carrier, main)
    WHERE trouble AND comes_s IS NOT NULL;
