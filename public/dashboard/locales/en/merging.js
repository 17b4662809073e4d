// Merging conversations and tags, and who has what open.
export const merging = {
  more_actions: "More",
  merge_into: "Merge into…",
  merge: "Merge",
  merge_into_number: "Merge into #{number}",
  merge_title: "Merge conversation #{number}",
  merge_choose: "Into which conversation of {who}?",
  merge_none: "{who} has no other conversation.",
  merge_consequence:
    "Everything said in #{number} will stand in the one you choose, internal comments for agents only. Followers and tags come along. #{number} is closed for good: this cannot be undone.",
  merge_links: "Their links stop working; {who} gets a new one by mail.",
  merge_too_many_tags:
    "Together they have more than 20 tags, the most a conversation can have. Remove some first.",
  merged: "#{from} was merged into #{into}",
  merged_into: "This conversation was merged. It goes on in",
  absorbed: "{who} merged conversation #{number} “{subject}” into this one",
  absorbed_continued: "Conversation #{number} “{subject}”, continued",
  happened_merged: "{who} merged this conversation into #{number}",
  command_merged_into: "Go to #{number}, where it goes on",
  merge_tag_title: "Merge the tag {name}",
  merge_tag_choose: "Into which tag?",
  merge_tag_count:
    "On {count} {count|conversation now: it bears|conversations now: they bear} the tag you choose instead, and so do rules that name it. This cannot be undone.",
  merge_tag_consequence:
    "Every conversation with this tag will bear the one you choose instead, and so will rules that name it. This cannot be undone.",
  merge_tag_none: "There is no other tag.",
  still_merging: "It was on many conversations and is still being replaced: {count} so far.",
  tag_merged: "{name} was merged into {into}",
  opened_by: "Open at {who}",
};
