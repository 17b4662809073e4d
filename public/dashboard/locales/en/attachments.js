// Files of messages and comments.
export const attachments = {
  attach_files: "Attach",
  attach_hint: "Attach files: choose them, drag them onto the conversation, or paste them",
  attached_files: "Attached files",
  waits_for_files: "Will be sent as soon as the files are there…",
  upload_of: "Upload of {name}",
  cancel_file: "Cancel {name}",
  remove_file: "Remove {name}",
  file_not_sent: "Could not be sent.",
  file_empty: "There is nothing in {name}.",
  file_too_large: "{name} is larger than 20 MB.",
  files_too_large: "At most 50 MB of files at once, please.",
  too_many_files: "At most 10 files at once, please.",
};
