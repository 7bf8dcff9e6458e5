-- One day of invented closed roads in the columns of milepost.stores.history.columns.STAGED.
-- $first, $roads: the roads' numbers. $day_s: the second at which the day begins.
-- Tables place(language, id, name, json) and phrase(language, kind, style, text, …) are filled by the bench.
WITH road AS (
    SELECT
        i,
        (hash(i, 1)::HUGEINT - 9223372036854775808)::BIGINT AS parcel,
        CASE WHEN hash(i, 2) % 10 < 7 THEN 'zh' ELSE 'en' END AS language,
        language = 'zh' AS domestic,
        (9 + hash(i, 3) % 7)::BIGINT AS n,
        (hash(i, 4) % $places)::BIGINT AS home,
        (hash(i, 5) % $places)::BIGINT AS destination,
        $day_s - 500000 + (hash(i, 6) % 86400)::BIGINT AS start_s
    FROM range($first, $first + $roads) AS numbers (i)
),
step AS (
    SELECT *, unnest(range(n)) AS k FROM road
),
scan AS (
    SELECT
        *,
        CASE
            WHEN k = 0 THEN 'ordered'
            WHEN k = 1 THEN 'picked'
            WHEN k = n - 2 THEN 'out'
            WHEN k = n - 1 THEN 'delivered'
            WHEN k % 2 = 0 THEN 'arrived'
            ELSE 'departed'
        END AS kind,
        start_s + k * 36000 + (hash(i, k, 7) % 30000)::BIGINT AS at_s,
        -- Most scans are told within a minute, some within half an hour.
        (pow((hash(i, k, 8) % 1000) / 1000, 4) * 1800 * 1000000)::BIGINT
            + (hash(i, k, 9) % 2000000)::BIGINT AS lag_us,
        CASE
            WHEN k < 2 THEN home
            WHEN k > n - 3 THEN destination
            ELSE (home + (destination + 7) * (k // 2)) % $places
        END AS here,
        CASE
            WHEN k > n - 5 THEN destination
            ELSE (home + (destination + 7) * (k // 2 + 1)) % $places
        END AS there,
        hash(i, k, 10) % 10 < 1 AS structured,
        'P' || (hash(i, 11) % 60000) AS courier
    FROM step
),
told AS (
    SELECT *, at_s * 1000000 + lag_us AS received_us FROM scan
)
SELECT
    parcel,
    1::INTEGER AS tenant,
    received_us // 20000 AS seq,
    received_us // 10000 AS raw,
    at_s * 1000000 AS at_us,
    received_us,
    (hash(i, k, 12)::HUGEINT - 9223372036854775808)::BIGINT AS fingerprint,
    (CASE WHEN domestic THEN 480 WHEN told.kind = 'ordered' THEN NULL ELSE 60 END)::SMALLINT AS offset_min,
    (CASE WHEN NOT domestic AND told.kind = 'ordered' THEN 3 ELSE 0 END)::SMALLINT AS quality,
    phrase.code::SMALLINT AS code,
    NULL::BIGINT AS reference,
    CASE WHEN domestic THEN 'YT' ELSE 'JD01' END || (8800000000000 + i * 13) AS number,
    CASE WHEN domestic THEN 'kuaidi100.push' ELSE 'dhl.unified' END AS source,
    CASE WHEN domestic THEN 'yto' ELSE 'dhl' END AS carrier,
    replace(
        replace(phrase.text, '{courier}', chr(57347)),
        '{phone}', '13' || (900000000 + hash(courier) % 99999999)
    )::VARCHAR AS text,
    NULL::VARCHAR AS verbatim,
    CASE WHEN NOT structured THEN p.name END AS place,
    CASE WHEN structured THEN p.json END AS place_json,
    CASE WHEN told.kind = 'departed' THEN q.name END AS next_place,
    NULL::VARCHAR AS next_place_json,
    phrase.source_code,
    CASE WHEN domestic THEN 'yto' ELSE 'dhl' END AS code_set,
    CASE WHEN told.kind IN ('picked', 'out', 'delivered') THEN courier END AS actor,
    CASE WHEN domestic THEN 'pda-' || here || '-' || (hash(i, k, 13) % 4) END AS device,
    NULL::BLOB AS evidence,
    NULL::BLOB AS measurements,
    CASE WHEN told.kind = 'ordered' THEN 'SO' || (500000000 + i * 3) END AS order_number,
    NULL::BIGINT AS estimated_from_us,
    NULL::BIGINT AS estimated_to_us
FROM told
JOIN place AS p ON p.id = told.here AND p.language = told.language
JOIN place AS q ON q.id = told.there AND q.language = told.language
JOIN phrase
    ON phrase.kind = told.kind
    AND phrase.language = told.language
    AND phrase.style = (hash(i, k, 14) % 2)::INTEGER
