-- Where each shipment goes and when it comes, for lists that show, sort and filter by it. Made a
-- moment after the shipment has changed; `last_s`: as of which event.
-- toward: beginning of the destination in small letters; comes_s: when it most likely comes, null
-- where nobody knows or where the road is over; destination, arrival: msgpack of what is shown.
CREATE TABLE outlook (
    road           bigint PRIMARY KEY REFERENCES shipment ON DELETE CASCADE,
    tenant         integer NOT NULL,
    carrier        text,
    main           smallint NOT NULL,
    trouble        boolean NOT NULL,
    last_s         bigint NOT NULL,
    toward         text COLLATE "C",
    country        text,
    comes_s        bigint,
    looked_s       bigint NOT NULL,
    destination    bytea,
    arrival        bytea
) WITH (fillfactor = 80);
CREATE INDEX outlook_last ON outlook (tenant, last_s DESC, road DESC);
CREATE INDEX outlook_toward ON outlook (tenant, toward, last_s DESC, road DESC)
    WHERE toward IS NOT NULL;
CREATE INDEX outlook_toward_comes ON outlook (tenant, toward, comes_s, road)
    WHERE comes_s IS NOT NULL;
CREATE INDEX outlook_country ON outlook (tenant, country, last_s DESC, road DESC);
CREATE INDEX outlook_comes ON outlook (tenant, comes_s, road) WHERE comes_s IS NOT NULL;
CREATE INDEX outlook_main_comes ON outlook (tenant, main, comes_s, road) WHERE comes_s IS NOT NULL;
CREATE INDEX outlook_carrier_comes ON outlook (tenant, carrier, comes_s, road)
    WHERE comes_s IS NOT NULL;
CREATE INDEX outlook_country_comes ON outlook (tenant, country, comes_s, road)
    WHERE comes_s IS NOT NULL;
CREATE INDEX outlook_trouble_comes ON outlook (tenant, comes_s, road)
    WHERE trouble AND comes_s IS NOT NULL;

-- Cases whose deadline has passed and whose steps do not say so yet.
CREATE INDEX case_overdue ON case_file (deadline_us)
    WHERE NOT closed AND (body->>'overdue_us')::bigint IS DISTINCT FROM deadline_us;
