-- Holds nothing: units of work take turns by locking it (app/src/db/unit.rs).
CREATE TABLE unit_turn (nothing BOOLEAN);
