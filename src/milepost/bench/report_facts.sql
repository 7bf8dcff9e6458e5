-- What merchants would have said of these roads: made up from the road's key.
SELECT road, NULL::VARCHAR AS carrier, ['standard', 'express'][(1 + hash(road, 1) % 2)::BIGINT] AS service,
    CASE WHEN hash(road, 2) % 10 = 0 THEN ['fragile'] ELSE []::VARCHAR[] END AS categories,
    ['toys', 'tea', 'textiles', 'batteries', 'books'][(1 + hash(road, 3) % 5)::BIGINT] AS goods,
    NULL::VARCHAR AS hs_code, ['carton', 'bag', 'crate'][(1 + hash(road, 4) % 3)::BIGINT] AS packing,
    (100 + hash(road, 5) % 12000)::BIGINT AS weight_g,
    ['CN', 'DE', 'US'][(1 + hash(road, 6) % 3)::BIGINT] AS origin_country, NULL::VARCHAR AS origin_region,
    NULL::VARCHAR AS origin_city,
    ['CN', 'DE', 'US', 'FR', 'BR', 'JP'][(1 + hash(road, 7) % 6)::BIGINT] AS destination_country,
    NULL::VARCHAR AS destination_region, NULL::VARCHAR AS destination_city
FROM roads
