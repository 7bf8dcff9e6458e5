-- What is known of the road ahead of the invented shipments of tenant $1: 400 towns, of which a few
-- get most; a window for what is on its way, around $2 (seconds since 1970); one in 25 in trouble;
-- and a later number for one road in ten. The same rows at every run.
INSERT INTO outlook
    (road, tenant, carrier, main, trouble, last_s, toward, country, comes_s, looked_s)
SELECT id, tenant, carrier, main, alerts > 0 OR code = ANY($3::smallint[]), last_s,
    'town ' || lpad(town::text, 3, '0'), countries[1 + town % 6],
    CASE WHEN main <> ALL($4::smallint[]) THEN $2 + (chance % 1209600) - 86400 END, last_s
FROM (
    SELECT *, least(chance / 3 % 400, chance / 1201 % 400) AS town
    FROM (
        SELECT *, abs(hashint8extended(id, 3) % 1000000000000) AS chance
        FROM shipment WHERE tenant = $1
    ) AS one
) AS two, (SELECT ARRAY['CN', 'DE', 'US', 'GB', 'FR', 'BR'] AS countries) AS words;
