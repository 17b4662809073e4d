// Étiquettes, priorités, abonnés et évaluations.
export const marks = {
  priority_low: "Basse",
  priority_normal: "Normale",
  priority_high: "Haute",
  priority_urgent: "Urgente",
  happened_tagged: "{who} a ajouté l’étiquette {tag}",
  happened_untagged: "{who} a retiré l’étiquette {tag}",
  happened_priority: "{who} a mis la priorité sur {to}",
  happened_follows: "{who} suit la conversation",
  happened_unfollows: "{who} ne suit plus la conversation",
  happened_adds_follower: "{who} a ajouté {agent} aux abonnés",
  happened_removes_follower: "{who} a retiré {agent} des abonnés",
  happened_rating: "{who} a évalué la conversation à {score} sur 5",
};
