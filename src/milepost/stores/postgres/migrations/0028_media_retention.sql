-- What terminals took pictures of is kept for so many days from when it came.

CREATE INDEX asset_media_received ON asset_media (received_us);
