/** @type {typeof import("../en/widget.js").widget} */
export const widget = {
  widget: "Fenêtre de discussion",
  widget_hint:
    "Vos clients vous écrivent depuis votre propre site et y lisent vos réponses. Ajoutez cette ligne à ses pages :",
  widget_line: "Ligne pour vos pages",
  widget_origins: "Sites qui peuvent l’afficher",
  widget_origins_hint:
    "Un par ligne, sous la forme https://www.exemple.fr. Aucun autre site ne peut afficher votre fenêtre ; http://localhost sert aux essais.",
  widget_origins_fault:
    "Écrivez chaque site sous la forme https://www.exemple.fr, sans chemin. Seul localhost peut être en http.",
  widget_greeting: "Mot d’accueil",
  widget_greeting_hint:
    "Figure au-dessus du formulaire. Laissé vide, il dit « Comment pouvons-nous vous aider ? » dans la langue de votre client.",
  widget_colour: "Couleur",
  widget_position: "Coin",
  widget_start: "Au début des lignes (à gauche, en français)",
  widget_end: "À la fin des lignes (à droite, en français)",
  came_by_web: "A écrit depuis la page de contact",
  came_by_chat: "A écrit dans la fenêtre de discussion",
  came_by_agent: "Commencée par un agent",
};
