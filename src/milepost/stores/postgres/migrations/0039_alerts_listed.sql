-- A tenant's alerts, newest first: all of them, and those that are open.
DROP INDEX alert_tenant;
CREATE INDEX alert_tenant ON alert (tenant, opened_s DESC, id DESC);
CREATE INDEX alert_tenant_open ON alert (tenant, opened_s DESC, id DESC) WHERE cleared_s IS NULL;
CREATE INDEX alert_shipment ON alert (shipment, opened_s DESC, id DESC);
