-- A second number, of the carrier that ends the road, for every tenth invented shipment of tenant $1.
INSERT INTO link (tenant, number, parcel, road, shipment, carrier, position)
SELECT tenant, 'LM' || lpad(row_number() OVER (ORDER BY id)::text, 10, '0'), id + 1, id, id,
    carrier, 2
FROM shipment WHERE tenant = $1 AND id % 10 = 0
