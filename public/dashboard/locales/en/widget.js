// The chat window on the company's own sites, and how conversations come in.
export const widget = {
  widget: "Chat window",
  widget_hint:
    "Your customers write to you from your own site, and read your answers there. Put this line into its pages:",
  widget_line: "Line for your pages",
  widget_origins: "Sites that may show it",
  widget_origins_hint:
    "One per line, as https://www.example.com. No other site can show your chat window; http://localhost is for trying it out.",
  widget_origins_fault:
    "Write each site as https://www.example.com, without a path. Only localhost may be http.",
  widget_greeting: "Greeting",
  widget_greeting_hint:
    "Stands above the form. Left empty, it says “How can we help you?” in your customer’s language.",
  widget_colour: "Colour",
  widget_position: "Corner",
  widget_start: "Where lines begin (left, in English)",
  widget_end: "Where lines end (right, in English)",
  came_by_web: "Wrote on the contact page",
  came_by_chat: "Wrote in the chat window",
  came_by_agent: "Started by an agent",
};
