// Réunir des conversations et des étiquettes, et qui a ouvert quoi.
export const merging = {
  more_actions: "Plus",
  merge_into: "Fusionner avec…",
  merge: "Fusionner",
  merge_into_number: "Fusionner avec nº {number}",
  merge_title: "Fusionner la conversation nº {number}",
  merge_choose: "Avec quelle conversation de {who} ?",
  merge_none: "{who} n’a pas d’autre conversation.",
  merge_consequence:
    "Tout ce qui a été dit dans la conversation nº {number} figurera dans celle que vous choisissez, les commentaires internes pour les agents seulement. Abonnés et étiquettes suivent. La nº {number} est fermée définitivement : cette action est irréversible.",
  merge_links: "Leurs liens cessent de fonctionner ; {who} en reçoit un nouveau par e-mail.",
  merge_too_many_tags:
    "Ensemble, elles ont plus de 20 étiquettes, le maximum pour une conversation. Retirez-en d’abord.",
  key_merge: "Fusionner la conversation, ou la sélection",
  merge_selected: "Fusionner…",
  command_merge_selected: "Fusionner les {count} conversations sélectionnées…",
  merge_selected_title: "Fusionner {count} conversations",
  merge_which_stays: "Laquelle conserver ?",
  conversation_number: "nº {number}",
  merge_selected_consequence:
    "Tout ce qui a été dit dans les conversations suivantes figurera dans la nº {into}, les commentaires internes pour les agents seulement : {numbers}. Abonnés et étiquettes suivent. Ce qui est fusionné est fermé définitivement : cette action est irréversible.",
  merge_selected_none: "Aucune des autres ne peut être fusionnée avec celle-ci.",
  merge_not_his: "Reste telle quelle : elle n’est pas de {who}",
  merge_not_allowed: "Reste telle quelle : vous ne pouvez pas la fusionner",
  merge_not_again: "Déjà fusionnée avec la nº {number}",
  merge_count_into: "En fusionner {count} avec la nº {number}",
  merge_under_way: "Fusion de la nº {number}…",
  merge_refused: "Ces conversations n’ont pas pu être fusionnées et restent telles quelles :",
  merged_several: "Fusionnées avec la nº {into} : {count}",
  merged: "La conversation nº {from} a été fusionnée avec la nº {into}",
  merged_into: "Cette conversation a été fusionnée. Elle se poursuit dans",
  absorbed: "{who} a fusionné la conversation nº {number} « {subject} » avec celle-ci",
  absorbed_continued: "Conversation nº {number} « {subject} », suite",
  happened_merged: "{who} a fusionné cette conversation avec la nº {number}",
  command_merged_into: "Aller à la nº {number}, où elle se poursuit",
  merge_tag_title: "Fusionner l’étiquette {name}",
  merge_tag_choose: "Avec quelle étiquette ?",
  merge_tag_count:
    "Sur {count} {count|conversation : elle portera|conversations : elles porteront} l’étiquette que vous choisissez, et les règles qui la nomment aussi. Cette action est irréversible.",
  merge_tag_consequence:
    "Toute conversation portant cette étiquette portera celle que vous choisissez, et les règles qui la nomment aussi. Cette action est irréversible.",
  merge_tag_none: "Il n’y a pas d’autre étiquette.",
  still_merging:
    "Elle était sur de nombreuses conversations et continue d’être remplacée : {count} jusqu’ici.",
  tag_merged: "{name} a été fusionnée avec {into}",
  opened_by: "Ouverte par {who}",
};
