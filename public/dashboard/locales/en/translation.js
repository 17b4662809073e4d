// Messages in other languages.
export const translation = {
  translated_from: "Translated from {language}",
  written_in: "Written in {language}",
  show_original: "Show original",
  show_translation: "Show translation",
  not_translated: "Could not be translated just now.",
  told_in: "What {name} reads, in {language}",
  will_be_translated: "Will be translated into {language} for {name}.",
  translation: "Translation",
  translation_hint:
    "Messages in another language are shown in the agent’s, answers in the customer’s. What was written stays one click away, and arrives at once in any case.",
  translation_on: "Translate messages",
  translation_missing:
    "This desk has no translation service. Whoever runs it can connect Workers AI or a LibreTranslate server; then it can be switched on here.",
};
