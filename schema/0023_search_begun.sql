-- Words are looked up by their first two to eight letters. Before, more than three letters of a common word meant putting
-- together the places of every word that begins so, in all companies, for each search.

-- The index holds nothing of its own (0006_search.sql): it is made anew from the words.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  subject, contact, message, note,
  content = 'search_words', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4 5 6 7 8'
);
INSERT INTO search (search) VALUES ('rebuild');
-- As 0020_privacy.sql has it: a word that is taken out is not kept in the index.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
