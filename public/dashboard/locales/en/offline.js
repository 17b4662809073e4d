// The line to the server, and what waits for it.
export const offline = {
  offline: "Connection lost. Coming back…",
  as_of: "What you see was up to date at {at}.",
  unsent_one: "One message waits here and is sent as soon as it can be.",
  unsent_many: "{count} messages wait here and are sent as soon as they can be.",
  try_now: "Try now",
  waits_for_network: "Waits for the network",
  sign_out_unsent_title: "Not everything is sent yet",
  sign_out_unsent_one:
    "One message of yours waits for the network. If you sign out now, it is deleted from this browser.",
  sign_out_unsent_many:
    "{count} messages of yours wait for the network. If you sign out now, they are deleted from this browser.",
  sign_out_anyway: "Sign out and delete",
};
