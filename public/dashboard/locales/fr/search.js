/** @type {typeof import("../en/search.js").search} */
export const search = {
  search: "Rechercher",
  search_placeholder: "Rechercher une conversation",
  search_results: "Résultats de la recherche",
  search_hint:
    "Des mots, le début d’un mot, « une expression », un nom, une adresse ou un numéro comme #123.",
  search_none: "Aucun résultat pour « {query} ».",
  search_none_hint:
    "Vérifiez l’orthographe ou utilisez moins de mots : ils doivent tous figurer dans le même message.",
  search_found: "Conversations trouvées : {count}",
  search_found_more: "Conversations trouvées : {count} et plus",
  search_contacts: "Contacts",
  search_too_long: "Cette recherche est trop longue : 200 caractères au maximum.",
  key_search: "Rechercher",
};
