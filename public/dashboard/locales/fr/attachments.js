// Fichiers des messages et des commentaires.
export const attachments = {
  attach_files: "Joindre",
  attach_hint: "Joindre des fichiers : choisissez-les, glissez-les sur la conversation ou collez-les",
  attached_files: "Fichiers joints",
  waits_for_files: "L’envoi se fera dès que les fichiers seront arrivés…",
  upload_of: "Envoi de {name}",
  cancel_file: "Annuler l’envoi de {name}",
  remove_file: "Retirer {name}",
  file_not_sent: "L’envoi a échoué.",
  file_empty: "Le fichier {name} est vide.",
  file_too_large: "Le fichier {name} dépasse 20 Mo.",
  files_too_large: "50 Mo de fichiers au plus à la fois.",
  too_many_files: "10 fichiers au plus à la fois.",
};
