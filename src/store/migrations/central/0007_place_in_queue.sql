-- The end of a floor's queue is looked up at each check-in taken in.
CREATE INDEX visits_by_place ON visits (floor, place_in_queue);
