-- scan
-- The events of one file of sealed days, numbered in canonical order within their road.
CREATE OR REPLACE TABLE scan AS
SELECT parcel, tenant, fingerprint, at_s, code, quality, reference, number, carrier,
    CASE WHEN place_json IS NOT NULL THEN 'j' || place_json
         WHEN place <> '' THEN 'p' || place
         WHEN text <> '' THEN 't' || coalesce(carrier, '') || chr(31) || text END AS spot,
    -- What is cut out of a text cannot be read in it.
    place_json IS NULL AND coalesce(place, '') = '' AND (verbatim IS NOT NULL
        OR regexp_matches(coalesce(text, ''), '[\x{E000}-\x{E003}]')) AS unread,
    parcel IN (FROM apart) AS apart,
    row_number() OVER (PARTITION BY parcel ORDER BY at_s, code, fingerprint) AS i
FROM $part
-- told
-- One line a road. `odd` are those whose status has to be folded, event by event.
CREATE OR REPLACE TABLE told AS
SELECT parcel AS road, any_value(tenant) AS tenant, any_value(number) AS number,
    count(*) FILTER (code < 250) AS events,
    coalesce(bool_or(
        code > 250 OR (code < 250 AND reference IS NOT NULL) OR quality = 4 OR unread
        OR code IN $folded OR apart
    ), false)
        OR count(*) > 400
        OR count(*) FILTER (code IN $delivered) <> 1
        OR coalesce(arg_max(code, i) FILTER (code < 250), 0) NOT IN $delivered
        OR len(list_distinct(list(fingerprint))) <> count(*)
        OR coalesce(max(at_s) FILTER (code = 250) > max(at_s) FILTER (code < 250), false) AS odd,
    min(at_s) AS created_s,
    min(at_s) FILTER (code < 250 AND code NOT IN $early AND code NOT IN $delivered) AS started_s,
    min(at_s) FILTER (code IN $out) AS out_for_delivery_s,
    min(at_s) FILTER (code IN $available) AS available_s,
    max(at_s) FILTER (code < 250) AS delivered_s,
    arg_max(code, i) FILTER (code < 250) AS code,
    arg_max(reference, i) FILTER (code = 250) AS promise_s,
    arg_min(reference, i) FILTER (code = 250) AS first_promise_s,
    count(*) FILTER (code IN $failed) AS attempts,
    arg_min(code IN $handed, i) FILTER (code IN $handed OR code IN $failed OR code IN $refused) AS first_attempt,
    list(code ORDER BY i) FILTER (code IN $troubles) AS troubles,
    coalesce(bool_or(code IN $damaged), false) AS damaged,
    arg_min(carrier, i) FILTER (code < 250 AND code NOT IN $early AND carrier <> '') AS carrier,
    arg_min(carrier, i) FILTER (code < 250 AND carrier <> '') AS early_carrier,
    arg_max(carrier, i) FILTER (code < 250 AND carrier <> '') AS late_carrier,
    arg_max(carrier, i) FILTER (code < 250 AND code NOT IN $early AND carrier <> '') AS last_carrier,
    arg_min(quality, i) FILTER (code < 250 AND code NOT IN $early) IN (3, 4)
        OR arg_max(quality, i) FILTER (code < 250 AND code NOT IN $early) IN (3, 4) AS rough,
    arg_min(spot, i) FILTER (code < 250 AND code NOT IN $early AND country IS NOT NULL) AS first_spot,
    arg_max(spot, i) FILTER (code < 250 AND code NOT IN $early AND country IS NOT NULL) AS last_spot
FROM scan LEFT JOIN spots USING (spot) GROUP BY parcel
-- journeys
SELECT t.tenant, t.road, t.road AS shipment, t.number, 1::SMALLINT AS box,
    coalesce(t.carrier, t.early_carrier, f.carrier) AS carrier,
    coalesce(t.last_carrier, t.late_carrier, f.carrier) AS last_carrier,
    f.service, coalesce(f.categories, []::VARCHAR[]) AS categories, f.goods, f.hs_code, f.packing, f.weight_g,
    $origin, $destination,
    t.created_s, t.started_s, t.out_for_delivery_s, t.available_s, t.delivered_s,
    NULL::BIGINT AS returned_s, t.delivered_s AS last_s, t.promise_s, t.first_promise_s,
    t.code::SMALLINT AS code, true AS over, t.attempts::INTEGER AS attempts, t.first_attempt,
    list_filter(coalesce(t.troubles, []), lambda one, place: list_position(t.troubles, one) = place)::SMALLINT[] AS troubles,
    false AS sent_back, t.damaged, false AS lost, false AS cancelled, false AS reopened, t.rough,
    []::STRUCT(country VARCHAR, entered_s BIGINT, left_s BIGINT, held BOOLEAN)[] AS customs,
    t.events::INTEGER AS events, $serial::BIGINT AS serial, false AS gone
FROM told AS t
LEFT JOIN facts AS f USING (road)
LEFT JOIN spots AS a ON a.spot = t.first_spot
LEFT JOIN spots AS b ON b.spot = t.last_spot
WHERE NOT t.odd
-- hops
WITH seen AS (
    SELECT parcel, tenant, carrier, at_s, i, facility, city, country,
        facility IS DISTINCT FROM lag(facility) OVER (PARTITION BY parcel ORDER BY i) AS comes
    FROM scan JOIN spots USING (spot)
    WHERE code IN $moving AND quality < 3 AND facility IS NOT NULL
        AND parcel IN (SELECT road FROM told WHERE NOT odd)
), stop AS (
    SELECT *, sum(comes::INTEGER) OVER (PARTITION BY parcel ORDER BY i) AS stop FROM seen
), stay AS (
    SELECT parcel, stop, any_value(tenant) AS tenant, arg_min(carrier, i) FILTER (comes) AS carrier,
        any_value(facility) AS facility, arg_min(city, i) FILTER (comes) AS city, arg_min(country, i) FILTER (comes) AS country,
        min(at_s) AS arrived_s, max(at_s) AS departed_s, count(*) AS scans
    FROM stop GROUP BY parcel, stop
)
SELECT tenant, parcel AS road, (stop - 1)::SMALLINT AS step, carrier, facility, city, country,
    arrived_s, departed_s, scans::INTEGER AS scans,
    lead(facility) OVER next AS next_facility, lead(country) OVER next AS next_country,
    lead(arrived_s) OVER next AS next_arrived_s, $serial::BIGINT AS serial, false AS gone
FROM stay WINDOW next AS (PARTITION BY parcel ORDER BY stop)
