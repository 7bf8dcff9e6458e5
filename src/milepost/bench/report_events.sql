-- The roads of history_roads.sql, whose rows are put in here, with promises, troubles and customs.
WITH base AS MATERIALIZED ($base),
told (after, code, every, phase, delay_s, spread_s) AS (
    VALUES
    ($created, 250, 1, 0, 60, 1),
    ($picked, $delayed, 17, 3, 72000, 20000),
    ($out, $failed, 20, 7, 1800, 3600),
    ($picked, $processing, 90, 11, 54000, 30000),
    ($picked, $asked, 450, 11, 90000, 3000),
    ($picked, $released, 90, 11, 100000, 200000)
),
extra AS (
    SELECT base.* REPLACE (
        (at_us + (delay_s + hash(parcel, told.code) % spread_s)::BIGINT * 1000000)::BIGINT AS at_us,
        (at_us + (delay_s + hash(parcel, told.code) % spread_s)::BIGINT * 1000000 + 2000000)::BIGINT AS received_us,
        (hash(parcel, told.code, 99)::HUGEINT - 9223372036854775808)::BIGINT AS fingerprint,
        told.code::SMALLINT AS code,
        0::SMALLINT AS quality,
        CASE WHEN told.code = 250 THEN at_us // 1000000 + 300000 + (hash(parcel, 5) % 259200)::BIGINT END AS reference,
        NULL::VARCHAR AS text,
        NULL::VARCHAR AS actor
    )
    FROM base JOIN told ON base.code = told.after AND hash(parcel, 8) % told.every = told.phase % told.every
)
FROM base UNION ALL FROM extra
