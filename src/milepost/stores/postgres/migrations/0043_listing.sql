-- Filters of the list that are asked together are looked at in the index, not in the row, as those of
-- `outlook` are. The columns behind the key are for that only; they stood in an index before, so no
-- update that was HOT ceases to be.
DROP INDEX shipment_main, shipment_carrier, shipment_alerts, outlook_main_comes;
CREATE INDEX shipment_main ON shipment (tenant, main, last_s DESC, id DESC, carrier);
CREATE INDEX shipment_carrier ON shipment (tenant, carrier, last_s DESC, id DESC, main);
CREATE INDEX outlook_main_comes ON outlook (tenant, main, comes_s, road, carrier)
    WHERE comes_s IS NOT NULL;
-- What is in trouble: `TROUBLE` in stores/postgres/listing.py says the same, letter by letter. Where
-- statuses.toml changes what trouble is, a new migration makes this index anew.
CREATE INDEX shipment_trouble ON shipment (tenant, last_s DESC, id DESC, carrier, main)
    WHERE (alerts > 0 OR code = ANY (ARRAY[2, 4, 22, 23, 24, 30, 38, 39, 40, 41, 42, 43, 44, 45, 46,
        47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62]::smallint[]));
