-- Fills the read model with $1 invented shipments of tenant $2, as a network has them: most are
-- delivered, few carriers carry most, numbers follow each other. The same rows at every run.
INSERT INTO shipment (id, tenant, number, carrier, order_number, main, code, since_s, last_s,
    first_day, alerts, state, covers_seq, created_us)
SELECT hashint8extended(n, 7), $2, prefix || lpad((n * 7919)::text, 13, '0'), carrier,
    CASE WHEN chance % 3 = 0 THEN 'SO-' || lpad(n::text, 9, '0') END,
    main, code, last_s - 3600, last_s, to_timestamp(last_s)::date - 3,
    CASE WHEN chance % 50 = 0 THEN 1 ELSE 0 END,
    decode(repeat(md5(n::text), 6), 'hex'), n, last_s * 1000000
FROM (
    SELECT n, chance, 1790000000 - (chance % 2592000) AS last_s,
        carriers[1 + least(least((chance / 7) % 8, (chance / 77) % 8), 7)] AS carrier,
        prefixes[1 + least(least((chance / 7) % 8, (chance / 77) % 8), 7)] AS prefix,
        mains[1 + (chance / 777) % 20] AS main, codes[1 + (chance / 777) % 20] AS code
    FROM (
        SELECT n, abs(hashint8extended(n, 1) % 1000000000000) AS chance
        FROM generate_series(1, $1::bigint) AS n
    ) AS drawn,
    (SELECT $3::smallint[] AS mains, $4::smallint[] AS codes,
        ARRAY['yto', 'zto', 'sf', 'ups', 'dhl', 'fedex', 'usps', 'postnord'] AS carriers,
        ARRAY['YT', 'ZT', 'SF', '1Z', 'JD', 'FX', 'US', 'PN'] AS prefixes) AS words
) AS made
