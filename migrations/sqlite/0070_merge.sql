-- Parts of the index of words are merged eight at a time instead of four: an import writes each word less often.
INSERT INTO mention_search (mention_search, rank) VALUES ('automerge', 8);
