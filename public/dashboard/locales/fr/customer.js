/** @type {typeof import("../en/customer.js").customer} */
export const customer = {
  read_by_customer: "Lu",
  rating: "Évaluation",
  rating_of: "{score} sur 5",
  customers_link: "Le lien du client",
  replace_link: "Remplacer le lien",
  replace_link_question: "Remplacer le lien de {name}\u00a0?",
  replace_link_hint:
    "Tous les liens en circulation cessent aussitôt de fonctionner, dans les e-mails comme dans les fenêtres ouvertes.",
  replace_link_mail: "{name} reçoit le nouveau par e-mail, à {email}.",
  link_replaced: "Le lien est remplacé\u00a0; le nouveau est en route.",
  happened_link_replaced: "{who} a remplacé le lien du client",
};
