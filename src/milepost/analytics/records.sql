-- All records between two countries: of each carrier (and of all, where it is NULL), by service and
-- kind of goods, for the two cities, the two regions and the two countries.
WITH lane AS (
    SELECT carrier, service, unnest(list_concat([NULL], categories)) AS category,
        CASE WHEN delivered_s >= started_s THEN delivered_s - started_s END AS transit_s,
        list_max(list_transform(
            list_filter(customs, lambda one: coalesce(one.country, destination_country) = destination_country),
            lambda one: one.left_s - one.entered_s
        )) AS customs_s,
        kept, damaged, over, customs_held,
        origin_region = $origin_region AND destination_region = $destination_region AS same_region,
        lower(origin_city) = lower($origin_city)
            AND lower(destination_city) = lower($destination_city) AS same_city
    FROM journeys
    WHERE origin_country = $origin_country AND destination_country = $destination_country
        AND NOT cancelled
), levelled AS (
    SELECT *, 'country' AS level FROM lane
    UNION ALL SELECT *, 'region' FROM lane WHERE same_region
    UNION ALL SELECT *, 'city' FROM lane WHERE same_city
)
SELECT level, category,
    CASE WHEN grouping(carrier) = 0 THEN carrier END AS carrier,
    CASE WHEN grouping(service) = 0 THEN service END AS service,
    count(transit_s) AS samples,
    quantile_disc(transit_s, 0.5) AS p50_s,
    quantile_disc(transit_s, 0.9) AS p90_s,
    count(customs_s) AS customs_samples,
    quantile_disc(customs_s, 0.5) AS customs_p50_s,
    quantile_disc(customs_s, 0.9) AS customs_p90_s,
    count(*) FILTER (over) AS ended,
    count(kept) AS promised,
    count(*) FILTER (kept) AS kept,
    count(*) FILTER (damaged AND over) AS damaged,
    count(*) FILTER (customs_held AND over) AS held
FROM levelled
GROUP BY GROUPING SETS ((level, category), (level, category, carrier), (level, category, carrier, service))
HAVING (grouping(carrier) = 1 OR carrier IS NOT NULL) AND (grouping(service) = 1 OR service IS NOT NULL)
