/** @type {typeof import("../en/offline.js").offline} */
export const offline = {
  offline: "Connexion perdue. Reconnexion…",
  as_of: "Ce que vous voyez était à jour à {at}.",
  unsent_one: "Un message attend ici et partira dès que possible.",
  unsent_many: "{count} messages attendent ici et partiront dès que possible.",
  try_now: "Réessayer maintenant",
  waits_for_network: "En attente du réseau",
  sign_out_unsent_title: "Tout n’est pas encore envoyé",
  sign_out_unsent_one:
    "Un de vos messages attend le réseau. Si vous vous déconnectez maintenant, il sera supprimé de ce navigateur.",
  sign_out_unsent_many:
    "{count} de vos messages attendent le réseau. Si vous vous déconnectez maintenant, ils seront supprimés de ce navigateur.",
  sign_out_anyway: "Se déconnecter et supprimer",
};
