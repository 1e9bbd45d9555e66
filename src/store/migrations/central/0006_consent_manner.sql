-- How the purposes were asked: on the kiosk's screen, or aloud at the desk.
ALTER TABLE consents ADD COLUMN manner text NOT NULL DEFAULT 'screen';
