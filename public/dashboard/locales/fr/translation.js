// Messages in other languages.
export const translation = {
  translated_from: "Traduit automatiquement (langue d’origine\u00a0: {language})",
  written_in: "Texte d’origine ({language})",
  show_original: "Afficher l’original",
  show_translation: "Afficher la traduction",
  not_translated: "La traduction n’est pas disponible pour le moment.",
  told_in: "Ce que lit {name} ({language})",
  will_be_translated: "Votre réponse sera traduite pour {name} ({language}).",
  translation: "Traduction",
  translation_hint:
    "Les messages rédigés dans une autre langue s’affichent dans celle de l’agent, les réponses dans celle du client. Le texte d’origine reste accessible en un clic et arrive toujours sans attendre.",
  translation_on: "Traduire les messages",
  translation_missing:
    "Aucun service de traduction n’est relié à cette installation. La personne qui l’administre peut y relier Workers AI ou un serveur LibreTranslate\u00a0; la traduction pourra alors être activée ici.",
};
