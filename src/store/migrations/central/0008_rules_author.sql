-- Who last changed a showroom's rules: the user stands with the change in the floor's turn book.
ALTER TABLE sites ADD COLUMN rules_by text;
