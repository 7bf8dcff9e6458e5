-- Further event IDs under which an event came: it is known by its hash, and found by each of them.
CREATE TABLE epcis_other_id (
    tenant           integer NOT NULL,
    event_id         text NOT NULL,
    hash             text NOT NULL,
    PRIMARY KEY (tenant, event_id)
);

-- Syncs of devices that collect offline. A queue that is sent again, with the same `sent_us`, gets the
-- offset that it had, however much later that is: its scans are the same scans. device: its name, or
-- `#` and a digest of what an unnamed one sent.
CREATE TABLE device_sync (
    tenant           integer NOT NULL,
    device           text NOT NULL,
    sent_us          bigint NOT NULL,
    offset_us        bigint NOT NULL,
    synced_us        bigint NOT NULL,
    PRIMARY KEY (tenant, device, sent_us)
);
