export const search = {
  search: "Search",
  search_placeholder: "Search conversations",
  search_results: "Search results",
  search_hint: "Words, the beginning of one, “a phrase”, a name, an address, or a number such as #123.",
  search_none: "Nothing was found for “{query}”.",
  search_none_hint: "Check the spelling, or use fewer words: all of them have to be in the same message.",
  search_found: "Conversations found: {count}",
  search_found_more: "Conversations found: {count} and more",
  search_contacts: "Contacts",
  search_too_long: "That is too long to search for: at most 200 characters.",
  key_search: "Search",
};
