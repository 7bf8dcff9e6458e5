-- journey
SELECT *, coalesce(started_s, created_s) AS time_s, 1 AS item FROM journeys
-- customs
SELECT * EXCLUDE (stay), stay.country, stay.entered_s, stay.left_s, stay.held,
    coalesce(stay.entered_s, stay.left_s) AS time_s
FROM (SELECT *, unnest(customs) AS stay, generate_subscripts(customs, 1) AS item FROM journeys)
-- trouble
SELECT told.*, status.sub
FROM (
    SELECT *, coalesce(started_s, created_s) AS time_s, unnest(troubles) AS trouble,
        generate_subscripts(troubles, 1) AS item
    FROM journeys
) AS told JOIN status ON status.code = trouble
-- hop
SELECT *, arrived_s AS time_s, step AS item FROM hops
